import type { Command } from 'commander';
import type { OrderDeps } from '../order/deps.ts';
import type { OverdueOrder } from '../order/store.ts';
import { type SweepCounts, sweepOverdue } from '../order/sweep-overdue.ts';
import { addExamples, type OpenApp, withApp } from './command.ts';
import { print } from './output.ts';

/** `autoclose sweep`: what a worker does every few seconds, once and now. */
export function addSweepCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('sweep')
    .description('give every overdue order that has lost its timer a new one, now; a worker then closes it')
    .option('--json', 'print the counts as one JSON object')
    .action(({ json }: { json?: boolean }) =>
      withApp(open, async ({ deps, isQueueReachable }) => {
        const { stoppedAt: _, ...counts } = await sweepAll(deps);
        // Also where nothing was due, so that nothing was asked of it: whoever sweeps relies on it.
        const isAway = counts.away > 0 || !isQueueReachable();
        print(json ? JSON.stringify({ ...counts, isRedisAway: isAway }) : asLine(counts, isAway));
        return counts.failed === 0 && !isAway;
      }),
    );
  addExamples(command, ['sweep', 'sweep --json'], 'some timer could not be set, or Redis is away');
}

/** Run after run, each bounded, until one comes to the end. */
async function sweepAll(deps: OrderDeps): Promise<SweepCounts> {
  let after: OverdueOrder | null = null;
  const sum: SweepCounts = {
    overdue: 0,
    enqueued: 0,
    lastLooks: 0,
    live: 0,
    failed: 0,
    away: 0,
    stoppedAt: null,
  };
  do {
    const found: SweepCounts = await sweepOverdue(deps, { after });
    for (const name of ['overdue', 'enqueued', 'lastLooks', 'live', 'failed', 'away'] as const)
      sum[name] += found[name];
    after = found.stoppedAt;
  } while (after !== null);
  return sum;
}

function asLine(
  { overdue, enqueued, lastLooks, live, failed }: Omit<SweepCounts, 'stoppedAt'>,
  isAway: boolean,
): string {
  const found = `${overdue} due: ${enqueued + lastLooks} given a timer, ${live} had one`;
  const trouble = failed === 0 ? '' : `, ${failed} could not be given one`;
  return `${found}${trouble}${isAway ? '; Redis is away, the sweep ended' : ''}`;
}
