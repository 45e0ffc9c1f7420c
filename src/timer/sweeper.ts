import { setTimeout as wait } from 'node:timers/promises';
import type { OrderDeps } from '../order/deps.ts';
import type { OverdueOrder } from '../order/store.ts';
import { SWEEP_BUDGET_MS, type SweepCounts, sweepOverdue } from '../order/sweep-overdue.ts';
import { safeError } from '../platform/safe-error.ts';

/** A run that takes longer than its budget by so much is reported and no longer waited for, ms. */
const RUN_LIMIT_MS = 60_000;
/** Share of the interval by which it varies, so that processes started together do not sweep together. */
const JITTER = 0.2;

/**
 * Runs the sweep now and then about every `intervalMs`, in this process: it does not live in the queue that it
 * backs up. A failed run is logged and the next goes ahead. `onSwept` hears of each that ended well, which it did also
 * if the queue is away. `stop` waits for the run under way.
 */
export function startSweeper(
  deps: OrderDeps,
  intervalMs: number,
  onSwept: (counts: SweepCounts) => void = () => {},
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let after: OverdueOrder | null = null;
  const running = loop();

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await run();
      await wait(intervalMs * (1 - JITTER * deps.random()), undefined, { signal: stopping.signal }).catch(
        () => {},
      );
    }
  }

  async function run(): Promise<void> {
    const over = new AbortController();
    const late = wait(SWEEP_BUDGET_MS + RUN_LIMIT_MS, 'late' as const, { signal: over.signal }).catch(
      () => 'over' as const,
    );
    try {
      const counts = await Promise.race([sweepOverdue(deps, { after }), late]);
      after = typeof counts === 'string' ? null : counts.stoppedAt;
      if (counts === 'late') deps.log.error('sweep does not end');
      else if (counts !== 'over') {
        deps.outage.over();
        onSwept(counts);
      }
    } catch (error) {
      after = null;
      if (!deps.outage.noticed(error)) deps.log.error({ err: safeError(error) }, 'sweep failed');
    } finally {
      over.abort();
    }
  }

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
