import { setTimeout as wait } from 'node:timers/promises';
import type { OrderDeps } from '../order/deps.ts';
import { SWEEP_BUDGET_MS, type SweepCounts, sweepDue } from '../order/due/sweep.ts';
import type { DueOrder } from '../order/store/store.ts';
import { safeError } from '../platform/log/safe-error.ts';
import { resultOr } from '../platform/timeout.ts';

/** A run that exceeds its budget by this much, ms, is logged and no longer awaited. */
const RUN_LIMIT_MS = 60_000;
/** Sweep interval while the queue refuses and this process runs due orders itself, ms. */
const REFUSED_INTERVAL_MS = 1_000;
/** Share by which the interval varies, so that processes that started together do not sweep together. */
const JITTER = 0.2;

/**
 * Runs the sweep now, and then about every `intervalMs`. It runs in this process, not in the queue that it backs up. A
 * failed run is logged, and the next one follows. `onSwept` is called after each completed run, even if the queue was
 * unreachable. Orders that the queue refuses go to `run`, and the next sweep follows within a second. `stop` waits for the
 * current run.
 */
export function startSweeper(
  deps: OrderDeps,
  intervalMs: number,
  run: (order: DueOrder) => void,
  onSwept: (counts: SweepCounts) => void,
): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let after: DueOrder | null = null;
  let refused = false;
  const running = loop();

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await sweep();
      const nextMs = refused ? Math.min(intervalMs, REFUSED_INTERVAL_MS) : intervalMs;
      await wait(nextMs * (1 - JITTER * deps.random()), undefined, { signal: stopping.signal }).catch(
        () => {},
      );
    }
  }

  async function sweep(): Promise<void> {
    try {
      const sweeping = sweepDue(deps, { after, run, logsFailure: !refused });
      const counts = await resultOr(SWEEP_BUDGET_MS + RUN_LIMIT_MS, sweeping, null);
      after = counts?.stoppedAt ?? null;
      if (counts === null) {
        deps.log.error('sweep timed out');
        return;
      }
      deps.outage.recovered();
      refused = counts.away + counts.failed > 0;
      onSwept(counts);
    } catch (error) {
      after = null;
      if (!deps.outage.reports(error)) deps.log.error({ err: safeError(error) }, 'sweep failed');
    }
  }

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
