import type { OrderDeps } from '../deps.ts';
import { isIn } from '../lifecycle.ts';
import { inOrderTrace } from '../order-trace.ts';
import type { OverdueOrder } from '../store/store.ts';

const BATCH = 500;
/** A run ends after so long, ms, whatever is left; within a sweep interval, so that runs never pile up. */
export const SWEEP_BUDGET_MS = 10_000;
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
  /** Where it ran out of time: the next run goes on after this one. Null: it came to the end, or the queue is away. */
  stoppedAt: OverdueOrder | null;
}

interface SweepOptions {
  after?: OverdueOrder | null;
  budgetMs?: number;
  /** Takes each order that the queue refuses, to run it in this process. Then the sweep does not end for that. */
  run?: ((order: OverdueOrder) => void) | null;
  /** False: that the queue refuses has been said. */
  tells?: boolean;
}

/**
 * The net under the timers (兜底扫描): finds what is overdue in the database and has no live timer, and gives it
 * one. It closes nothing by itself and does not depend on the queue that it backs up.
 *
 * Scope: every order whose `nextCloseAt` has passed, oldest first, 500 at a time. Bound: `budgetMs` and the batch
 * under way. The next run goes on where this one stopped and then begins again with the oldest, so that live timers
 * never hide the orders behind them. Safe to run in every process at once: a timer set twice is one timer. One order
 * that cannot be given a timer keeps none of the others from theirs; if the queue is away it stops at once, or, with
 * `run`, hands over all that is due and asks the queue no more. Throws only when the database cannot be reached.
 */
export async function sweepOverdue(
  deps: OrderDeps,
  { after: from = null, budgetMs = SWEEP_BUDGET_MS, run = null, tells = true }: SweepOptions = {},
): Promise<SweepCounts> {
  const counts: SweepCounts = {
    overdue: 0,
    enqueued: 0,
    lastLooks: 0,
    live: 0,
    failed: 0,
    away: 0,
    stoppedAt: null,
  };
  const now = deps.clock.now();
  const endsAt = now.getTime() + budgetMs;
  let after = from;

  for (;;) {
    const orders = await deps.store.overdue(now, BATCH, after);
    await giveTimers(deps, orders, counts, run);
    if ((counts.away > 0 && run === null) || orders.length < BATCH) break;
    after = orders.at(-1) ?? null;
    if (deps.clock.now().getTime() >= endsAt) {
      counts.stoppedAt = after;
      break;
    }
  }
  const { stoppedAt, ...found } = counts;
  const seen = { ...found, complete: stoppedAt === null };
  if (counts.enqueued > 0) deps.log.warn(seen, 'sweep re-enqueued overdue orders');
  if (counts.failed > 0 && tells) deps.log.error(seen, 'sweep could not enqueue some orders');
  if (counts.away > 0 && tells) deps.log.error(seen, 'sweep cannot reach the queue; timers are late');
  return counts;
}

async function giveTimers(
  deps: OrderDeps,
  orders: OverdueOrder[],
  counts: SweepCounts,
  run: SweepOptions['run'],
): Promise<void> {
  for (let from = 0; from < orders.length; from += CONCURRENCY) {
    const isAway = counts.away > 0;
    if (isAway && !run) return;
    const some = orders.slice(from, from + CONCURRENCY);
    const states = await Promise.all(
      some.map((order) =>
        isAway ? 'away' : inOrderTrace(order, 'give timer', () => deps.timer.ensure(order, 'sweep')),
      ),
    );
    counts.overdue += states.length;
    states.forEach((state, i) => {
      const order = some[i];
      if (order !== undefined && (state === 'away' || state === 'failed')) run?.(order);
      const asPlanned = order !== undefined && isIn('last_look', order);
      counts[state === 'set' ? (asPlanned ? 'lastLooks' : 'enqueued') : state] += 1;
    });
  }
}
