import type { OrderDeps } from './deps.ts';
import { awaitsLastLook } from './order.ts';
import type { OverdueOrder } from './store.ts';

const BATCH = 500;
/**
 * A sweep that meets a larger backlog ends here; the next begins again with the oldest. Far above what a queue can
 * hold without being at fault, so that live timers do not hide the orders behind them.
 */
const MAX_BATCHES = 2_000;
/** Queue round trips under way at once. */
const CONCURRENCY = 50;

/** What a sweep found, by what it did about it. */
export interface SweepCounts {
  overdue: number;
  /** Had no timer about to run, and have one now. */
  enqueued: number;
  /** Closed orders whose last look is due: theirs is the first timer since the close. */
  lastLooks: number;
  /** Running or about to run. */
  live: number;
  /** Could not be given one, each for a reason of its own. */
  failed: number;
  /** The queue could not be reached: the sweep ended. */
  away: number;
}

/**
 * The net under the timers (兜底扫描): finds what is overdue in the database and has no live timer, and gives it
 * one. It closes nothing by itself and does not depend on the queue that it backs up.
 *
 * Scope: every order whose `nextCloseAt` has passed. Bound: a million orders a run, oldest first, 500 at a time.
 * Safe to run in every process at once: a timer set twice is one timer. One order that cannot be given a timer
 * keeps none of the others from theirs; if the queue is away it stops at once. Throws only when the database
 * cannot be reached.
 */
export async function sweepOverdue(deps: OrderDeps): Promise<SweepCounts> {
  const counts: SweepCounts = { overdue: 0, enqueued: 0, lastLooks: 0, live: 0, failed: 0, away: 0 };
  const now = deps.clock.now();
  let after: OverdueOrder | null = null;

  for (let batch = 0; batch < MAX_BATCHES && counts.away === 0; batch += 1) {
    const orders: OverdueOrder[] = await deps.store.overdue(now, BATCH, after);
    for (let from = 0; from < orders.length && counts.away === 0; from += CONCURRENCY) {
      const some = orders.slice(from, from + CONCURRENCY);
      const states = await Promise.all(some.map((order) => deps.timer.ensure(order, 'sweep')));
      counts.overdue += states.length;
      states.forEach((state, i) => {
        const order = some[i];
        const asPlanned = order !== undefined && awaitsLastLook(order);
        counts[state === 'set' ? (asPlanned ? 'lastLooks' : 'enqueued') : state] += 1;
      });
    }
    if (orders.length < BATCH) break;
    after = orders.at(-1) ?? null;
  }
  if (counts.enqueued > 0) deps.log.warn({ ...counts }, 'sweep gave overdue orders a timer');
  if (counts.failed > 0) deps.log.error({ ...counts }, 'sweep could not give some orders a timer');
  if (counts.away > 0) deps.log.error({ ...counts }, 'sweep cannot reach the queue: timers are late');
  return counts;
}
