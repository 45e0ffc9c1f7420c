import type { Command } from 'commander';
import type { OrderDeps } from '../order/deps.ts';
import { type SweepCounts, sweepDue } from '../order/due/sweep.ts';
import type { DueOrder } from '../order/store/store.ts';
import type { QueueHealth } from '../timer/queue-health.ts';
import { addExamples, type OpenApp, withApp } from './command.ts';
import { print } from './output.ts';

/** `autoclose sweep`: runs a worker's sweep once, now. */
export function addSweepCommand(program: Command, open: OpenApp): void {
  const command = program
    .command('sweep')
    .description('re-enqueue every due order that has lost its timer, now; a worker then closes it')
    .option('--json', 'print the counts as one JSON object')
    .action(({ json }: { json?: boolean }) =>
      withApp(open, async ({ deps, readQueueHealth }) => {
        const { stoppedAt: _, ...counts } = await sweepAll(deps);
        // Checked even if nothing was due: the caller relies on the queue.
        const queue = await readQueueHealth();
        const isAway = counts.away > 0 || queue.state === 'away';
        print(json ? JSON.stringify({ ...counts, isRedisAway: isAway, queue }) : asLine(counts, queue));
        return counts.failed === 0 && !isAway && queue.state === 'ok' && queue.paused.length === 0;
      }),
    );
  addExamples(command, ['sweep', 'sweep --json'], 'a timer could not be set, or Redis cannot hold timers');
}

/** Repeats bounded runs until one reaches the end. */
async function sweepAll(deps: OrderDeps): Promise<SweepCounts> {
  let after: DueOrder | null = null;
  const sum: SweepCounts = {
    due: 0,
    enqueued: 0,
    lastLooks: 0,
    live: 0,
    failed: 0,
    away: 0,
    stoppedAt: null,
  };
  do {
    const found: SweepCounts = await sweepDue(deps, { after });
    for (const name of ['due', 'enqueued', 'lastLooks', 'live', 'failed', 'away'] as const)
      sum[name] += found[name];
    after = found.stoppedAt;
  } while (after !== null);
  return sum;
}

function asLine(
  { due, enqueued, lastLooks, live, failed }: Omit<SweepCounts, 'stoppedAt'>,
  queue: QueueHealth,
): string {
  const found = `${due} due: ${enqueued + lastLooks} enqueued, ${live} already had a timer`;
  const refused = failed === 0 ? '' : `, ${failed} could not be enqueued`;
  return `${found}${refused}${queueProblem(queue)}`;
}

function queueProblem({ state, reason, paused }: QueueHealth): string {
  if (state === 'away') return '; Redis is away, the sweep stopped';
  if (state !== 'ok') return `; Redis cannot hold timers: ${reason}`;
  if (paused.length === 0) return '';
  return `; queue paused by another program, no job runs: ${paused.join(', ')}; workers run these orders from the database`;
}
