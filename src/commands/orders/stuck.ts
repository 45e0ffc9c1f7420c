import type { Command } from 'commander';
import type { StuckEntry } from '../../order/requests/stuck.ts';
import { listStuck } from '../../order/requests/stuck.ts';
import type { StuckFilter } from '../../order/store/stuck-store.ts';
import {
  addExamples,
  channelOption,
  count,
  jsonOption,
  type OpenApp,
  reasonOption,
  withApp,
} from '../command.ts';
import { print, printAll } from '../output.ts';

type Options = StuckFilter & { json?: boolean; limit: number };

/** `autoclose stuck`: lists the orders that need a person. */
export function addStuckCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('stuck')
    .description('list the orders that need a person, stuck longest first')
    .addOption(channelOption())
    .addOption(reasonOption())
    .option('--limit <n>', 'list at most this many', count, 1_000)
    .addOption(jsonOption())
    .action(({ json, limit, ...filter }: Options) =>
      withApp(open, async ({ deps }) => {
        const entries = await listStuck(deps, filter, { limit, after: null });
        await printAll(entries.map((entry) => (json ? JSON.stringify(asJson(entry)) : asLine(entry))));
        if (!json && entries.length === 0) print('No stuck orders.');
        if (!json && entries.length === limit) print(`… only the first ${limit} are shown; see --limit.`);
        return true;
      }),
    );
  addExamples(
    command,
    ['stuck', 'stuck --channel ali_pay --reason misconfigured --json'],
    'the database is unavailable',
  );
  command.addHelpText('after', '\nThey are still retried, slowly. "autoclose reclose" starts again now.');
}

function asLine({ order, answer }: StuckEntry): string {
  const { orderNo, channel, status, ending, retryReason, closeAttempts, stuckAt, nextCloseAt } = order;
  return [
    orderNo,
    channel,
    `${status}/${ending}`,
    retryReason ?? '-',
    `since ${stuckAt.toISOString()}`,
    `attempts ${closeAttempts}`,
    `next ${nextCloseAt?.toISOString() ?? '-'}`,
    answer ?? '-',
  ].join('  ');
}

function asJson({ order, answer }: StuckEntry) {
  const { orderNo, bizOrderNo, channel, status, ending, closeAttempts, stuckAt, nextCloseAt } = order;
  const reason = order.retryReason;
  return {
    orderNo,
    bizOrderNo,
    channel,
    status,
    ending,
    reason,
    stuckAt,
    attempts: closeAttempts,
    nextCloseAt,
    answer,
  };
}
