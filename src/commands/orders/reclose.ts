import type { Command } from 'commander';
import type { OrderDeps } from '../../order/deps.ts';
import type { PaymentOrder } from '../../order/order.ts';
import { reclose } from '../../order/requests/reclose.ts';
import { type ChannelAnswer, listStuck, queryChannels, recloseStuck } from '../../order/requests/stuck.ts';
import type { StuckFilter } from '../../order/store/stuck-store.ts';
import {
  addExamples,
  byOption,
  channelOption,
  count,
  jsonOption,
  manualTrigger,
  type OpenApp,
  reasonOption,
  withApp,
} from '../command.ts';
import { print } from '../output.ts';
import { startProgress } from '../progress.ts';

type Options = StuckFilter & {
  by: string;
  stuck?: boolean;
  perSecond: number;
  dryRun?: boolean;
  json?: boolean;
  limit: number;
};

/** `autoclose reclose`: starts the close again, for some orders or all that are stuck. */
export function addRecloseCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('reclose')
    .description('close orders again now, whatever happened to their timers; with --stuck: all stuck orders')
    .argument('[order-no...]', 'our order numbers')
    .option('--stuck', 'all stuck orders, or those with the given channel or reason')
    .addOption(channelOption())
    .addOption(reasonOption())
    .option(
      '--per-second <n>',
      'with --stuck: how many become due per second; with --dry-run: how many are queried per second',
      count,
      20,
    )
    .option('--dry-run', 'change nothing: show what the channels answer now')
    .addOption(byOption())
    .option('--limit <n>', 'with --stuck --dry-run: query at most this many', count, 1_000)
    .addOption(jsonOption())
    .action((orderNos: string[], options: Options, self: Command) => {
      const problem = usageProblem(orderNos, options);
      if (problem !== null) self.error(`error: ${problem}`);
      return withApp(open, async ({ deps }) => {
        if (options.dryRun) return dryRun(deps, orderNos, options);
        return options.stuck ? recloseAll(deps, options) : recloseSome(deps, orderNos, options);
      });
    });
  addExamples(
    command,
    [
      'reclose AC2026…',
      'reclose --stuck --dry-run',
      'reclose --stuck --channel wechat_pay --reason misconfigured --per-second 50',
    ],
    'an order has ended, was not found, could not be changed, or its channel did not answer',
  );
  command.addHelpText('after', '\nA worker closes them. An order being cancelled is cancelled.');
}

function usageProblem(orderNos: string[], { stuck, channel, reason }: Options): string | null {
  if (stuck && orderNos.length > 0) return 'give order numbers or --stuck, not both';
  if (!stuck && orderNos.length === 0) return 'give order numbers, or --stuck for all that are stuck';
  if (!stuck && (channel !== undefined || reason !== undefined))
    return '--channel and --reason require --stuck';
  return null;
}

async function recloseSome(deps: OrderDeps, orderNos: string[], { by, json }: Options): Promise<boolean> {
  let ok = true;
  for (const orderNo of orderNos) {
    const outcome = await reclose(deps, orderNo, manualTrigger(by));
    const status = outcome.kind === 'ended' ? ` ${outcome.status}` : '';
    print(json ? JSON.stringify({ orderNo, ...outcome }) : `${orderNo} ${outcome.kind}${status}`);
    ok &&= outcome.kind !== 'not_found' && outcome.kind !== 'ended';
  }
  return ok;
}

async function recloseAll(
  deps: OrderDeps,
  { channel, reason, perSecond, by, json }: Options,
): Promise<boolean> {
  const filter = { channel, reason };
  const progress = startProgress('enqueueing', await deps.stuck.count(filter, deps.clock.now()), { json });
  const counts = await recloseStuck(deps, filter, perSecond, manualTrigger(by), progress.step).finally(
    progress.stop,
  );
  const { enqueued, ended, skipped, lastAt } = counts;
  const until = lastAt === null ? '' : `, the last one due at ${lastAt.toISOString()}`;
  const left = skipped.length === 0 ? '' : `; could not be changed now and stay stuck: ${skipped.join(', ')}`;
  print(json ? JSON.stringify(counts) : `${enqueued} enqueued${until}; ${ended} had ended${left}`);
  return skipped.length === 0;
}

async function dryRun(deps: OrderDeps, orderNos: string[], options: Options): Promise<boolean> {
  const { orders, missing } = await selected(deps, orderNos, options);
  for (const orderNo of missing) {
    print(options.json ? JSON.stringify({ orderNo, says: 'not_found_here' }) : `${orderNo} not_found`);
  }
  const progress = startProgress('querying', orders.length, options);
  const answers = await queryChannels(deps, orders, options.perSecond, { onAsked: progress.step }).finally(
    progress.stop,
  );
  for (const one of answers) print(options.json ? JSON.stringify(asJson(one)) : asLine(one));
  return missing.length === 0 && answers.every(({ says }) => says !== 'unknown' && says !== 'misconfigured');
}

async function selected(deps: OrderDeps, orderNos: string[], { stuck, channel, reason, limit }: Options) {
  const orders: PaymentOrder[] = [];
  const missing: string[] = [];
  if (stuck) {
    const entries = await listStuck(deps, { channel, reason }, { limit, after: null });
    return { orders: entries.map(({ order }) => order), missing };
  }
  for (const orderNo of orderNos) {
    const order = await deps.store.find(orderNo);
    if (order === null) missing.push(orderNo);
    else orders.push(order);
  }
  return { orders, missing };
}

function asLine({ order, says, answer }: ChannelAnswer): string {
  const { orderNo, channel, status, ending } = order;
  return `${orderNo}  ${channel}  here ${status}/${ending}  channel ${says}  ${answer}`;
}

function asJson({ order, says, answer }: ChannelAnswer) {
  const { orderNo, bizOrderNo, channel, status, ending, retryReason, stuckAt } = order;
  return { orderNo, bizOrderNo, channel, status, ending, reason: retryReason, stuckAt, says, answer };
}
