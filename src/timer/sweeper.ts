import { setTimeout as wait } from 'node:timers/promises';
import type { OrderDeps } from '../order/deps.ts';
import { sweepOverdue } from '../order/sweep-overdue.ts';

/** A run that takes longer is reported and no longer waited for, ms. */
const RUN_LIMIT_MS = 120_000;

/**
 * Runs the sweep now and then every `intervalMs`, in this process: it does not live in the queue that it backs
 * up. A failed run is logged and the next goes ahead. `stop` waits for the run under way.
 */
export function startSweeper(deps: OrderDeps, intervalMs: number): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = loop();

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      await run();
      await wait(intervalMs, undefined, { signal: stopping.signal }).catch(() => {});
    }
  }

  async function run(): Promise<void> {
    const over = new AbortController();
    const late = wait(RUN_LIMIT_MS, 'late', { signal: over.signal }).catch(() => 'over');
    try {
      if ((await Promise.race([sweepOverdue(deps), late])) === 'late') deps.log.error('sweep does not end');
    } catch (error) {
      deps.log.error({ err: error }, 'sweep failed');
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
