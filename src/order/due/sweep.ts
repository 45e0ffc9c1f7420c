import type { OrderDeps } from '../deps.ts';
import { isIn } from '../lifecycle.ts';
import { inOrderTrace } from '../order-trace.ts';
import type { DueOrder } from '../store/store.ts';

const BATCH = 500;
/** A run ends after this time, ms, even if orders are left. Below the sweep interval, so that runs never pile up. */
export const SWEEP_BUDGET_MS = 10_000;
/** Concurrent queue round trips. */
const CONCURRENCY = 50;

/** What a sweep found and did. */
export interface SweepCounts {
  due: number;
  /** Had no live timer, and have one now. */
  enqueued: number;
  /** Closed orders whose last look is due. They never had a timer for it, so this is normal. */
  lastLooks: number;
  /** Have a timer that is running or about to run. */
  live: number;
  /** Their timers could not be set, each for its own reason. */
  failed: number;
  /** Got no timer because the queue is unreachable. */
  away: number;
  /** The last order before time ran out; the next run continues after it. Null: complete, or the queue is unreachable. */
  stoppedAt: DueOrder | null;
}

interface SweepOptions {
  after?: DueOrder | null;
  budgetMs?: number;
  /** Runs an order in this process when the queue refuses it. With it, an unreachable queue does not end the sweep. */
  run?: ((order: DueOrder) => void) | null;
  /** False: the queue's failure has been logged already. */
  logsFailure?: boolean;
}

/**
 * The safety net under the timers (兜底扫描): finds due orders without a live timer and sets one. It closes nothing
 * itself, and does not live in the queue that it backs up.
 *
 * - Scope: every order whose `nextCloseAt` has passed, oldest first, in batches of 500.
 * - Bound: `budgetMs` plus the current batch. The next run continues after the last order (`after`) and then starts over
 *   with the oldest, so that live timers never hide the orders behind them.
 * - Safe to run in all processes at once: setting a timer twice leaves one timer.
 * - One order whose timer cannot be set does not block the others. If the queue is unreachable, the sweep stops; with
 *   `run` it hands over all due orders instead, without calling the queue again.
 *
 * Throws only if the database is unreachable.
 */
export async function sweepDue(
  deps: OrderDeps,
  { after: from = null, budgetMs = SWEEP_BUDGET_MS, run = null, logsFailure = true }: SweepOptions = {},
): Promise<SweepCounts> {
  const counts: SweepCounts = {
    due: 0,
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
    const orders = await deps.store.due(now, BATCH, after);
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
  if (counts.enqueued > 0) deps.log.warn(seen, 'sweep re-enqueued due orders');
  if (counts.failed > 0 && logsFailure) deps.log.error(seen, 'sweep could not enqueue some orders');
  if (counts.away > 0 && logsFailure) deps.log.error(seen, 'sweep cannot reach the queue; timers are late');
  return counts;
}

async function giveTimers(
  deps: OrderDeps,
  orders: DueOrder[],
  counts: SweepCounts,
  run: SweepOptions['run'],
): Promise<void> {
  for (let from = 0; from < orders.length; from += CONCURRENCY) {
    const isAway = counts.away > 0;
    if (isAway && !run) return;
    const some = orders.slice(from, from + CONCURRENCY);
    const states = await Promise.all(
      some.map((order) =>
        isAway ? 'away' : inOrderTrace(order, 'set timer', () => deps.timer.ensure(order, 'sweep')),
      ),
    );
    counts.due += states.length;
    states.forEach((state, i) => {
      const order = some[i];
      if (order !== undefined && (state === 'away' || state === 'failed')) run?.(order);
      const asPlanned = order !== undefined && isIn('last_look', order);
      counts[state === 'set' ? (asPlanned ? 'lastLooks' : 'enqueued') : state] += 1;
    });
  }
}
