import type { OrderDeps } from '../order/deps.ts';
import { sweepOverdue } from '../order/sweep-overdue.ts';

/**
 * Runs the sweep now and then every `intervalMs`, in this process: it does not live in the queue that it backs
 * up. One run at a time; a failed one is logged and the next goes ahead. `stop` waits for the run under way.
 */
export function startSweeper(
  deps: OrderDeps,
  intervalMs: number,
  refreshClock: () => Promise<void>,
): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  async function run(): Promise<void> {
    try {
      await refreshClock();
      await sweepOverdue(deps);
    } catch (error) {
      deps.log.error({ err: error }, 'sweep failed');
    }
    if (!stopped) timer = setTimeout(begin, intervalMs);
  }
  let running = run();
  function begin() {
    running = run();
  }
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
