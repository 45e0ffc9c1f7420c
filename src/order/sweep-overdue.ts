import type { OrderDeps } from './deps.ts';
import type { OverdueOrder } from './store.ts';

const BATCH = 500;
/** A sweep that meets a larger backlog ends here; the next one goes on with what is still overdue. */
const MAX_BATCHES = 40;
/** Queue round trips under way at once. */
const CONCURRENCY = 50;

/** What a sweep found, by what it did about it. */
export interface SweepCounts {
  overdue: number;
  /** Had lost their timer and have one again. */
  enqueued: number;
  /** Running or about to run. */
  live: number;
  /** The queue could not be reached. */
  failed: number;
}

/**
 * The net under the timers (兜底扫描): finds what is overdue in the database and has no live timer, and gives it
 * one. It closes nothing by itself and does not depend on the queue that it backs up.
 *
 * Scope: every order whose `nextCloseAt` has passed. Bound: 20,000 orders a run, oldest first. Safe to run in
 * every process at once: a timer set twice is one timer. If the queue is away it stops at once.
 * Throws only when the database cannot be reached.
 */
export async function sweepOverdue(deps: OrderDeps): Promise<SweepCounts> {
  const counts: SweepCounts = { overdue: 0, enqueued: 0, live: 0, failed: 0 };
  const now = deps.clock.now();
  let after: OverdueOrder | null = null;

  for (let batch = 0; batch < MAX_BATCHES && counts.failed === 0; batch += 1) {
    const orders: OverdueOrder[] = await deps.store.overdue(now, BATCH, after);
    for (let from = 0; from < orders.length && counts.failed === 0; from += CONCURRENCY) {
      const states = await Promise.all(
        orders.slice(from, from + CONCURRENCY).map((order) => deps.timer.ensure(order, 'sweep')),
      );
      counts.overdue += states.length;
      counts.enqueued += states.filter((state) => state === 'set').length;
      counts.live += states.filter((state) => state === 'live').length;
      counts.failed += states.filter((state) => state === 'failed').length;
    }
    if (orders.length < BATCH) break;
    after = orders.at(-1) ?? null;
  }
  if (counts.enqueued > 0) deps.log.warn({ ...counts }, 'sweep gave overdue orders their timer back');
  if (counts.failed > 0) deps.log.error({ ...counts }, 'sweep cannot reach the queue: timers are late');
  return counts;
}
