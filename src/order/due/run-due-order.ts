import { isLockConflict } from '../../platform/mysql/permanent-error.ts';
import { openBreaker } from '../attempt/availability.ts';
import { catchFaultyData } from '../attempt/faulty-data.ts';
import { cancelOrder } from '../cancel/cancel-order.ts';
import { closeOrder } from '../close/close-order.ts';
import type { OrderDeps } from '../deps.ts';
import { isIn, type Phase, phaseOf } from '../lifecycle.ts';
import { isDue, type PaymentOrder } from '../order.ts';
import { inOrderTrace } from '../order-trace.ts';
import { type CancelOutcome, type CloseOutcome, type CloseTrigger, orderOf } from '../outcomes.ts';
import { refundLatePayment } from '../refund/refund-late.ts';
import { takeLastLook } from '../sync/last-look.ts';
import { pollOrder } from '../sync/poll-order.ts';
import { watchOrder } from '../sync/watch-order.ts';

/** How soon a timer retries an order whose lease was held a moment ago, ms. */
const BUSY_RETRY_MS = 1_000;

/** How soon a timer retries an order whose row is locked, ms. The attempt has already waited for the lock. */
const LOCKED_RETRY_MS = 5_000;

/** When a timer fires next. */
export type NextRun =
  | { kind: 'at'; at: Date }
  /** Nothing is left to do. */
  | { kind: 'never' }
  /** The order is unchanged: the channel's circuit breaker is open until then, for all its orders. */
  | { kind: 'channel_down'; until: Date };

/**
 * Runs when a timer fires: loads the order, does the work of its phase, and returns when to fire next, read from the
 * row. Also `never` if only the last look remains, because the sweep finds that. An order whose data cannot be stored or
 * read becomes stuck and is retried slowly. Throws only if the database is unreachable.
 */
export async function runDueOrder(deps: OrderDeps, orderNo: string, trigger: CloseTrigger): Promise<NextRun> {
  try {
    const next = await catchFaultyData(deps, { orderNo }, trigger, () => loadAndRun(deps, orderNo, trigger));
    return next.kind === 'pending' ? runAt(next.retryAt) : next;
  } catch (error) {
    // The database works, but something locks this row: a person's transaction may do so for minutes.
    if (!isLockConflict(error)) throw error;
    deps.log.warn({ orderNo }, 'order row is locked; will retry');
    return runAt(new Date(deps.clock.now().getTime() + LOCKED_RETRY_MS));
  }
}

async function loadAndRun(deps: OrderDeps, orderNo: string, trigger: CloseTrigger): Promise<NextRun> {
  const order = await deps.store.find(orderNo);
  if (order === null) {
    deps.log.warn({ orderNo, reason: 'no such order' }, 'timer skipped');
    return { kind: 'never' };
  }
  return inOrderTrace(order, 'run due order', () => runDue(deps, order, trigger));
}

type DoWork = (
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
) => Promise<CloseOutcome | CancelOutcome> | Promise<void>;

/** What an order's timer does in each phase. `dropTimer`: nothing is left to do. */
const workOf: Record<Phase, DoWork> = {
  awaiting_payment: pollOrder,
  closing: closeOrder,
  cancelling: cancelOrder,
  giving_back: cancelOrder,
  watched: watchOrder,
  last_look: takeLastLook,
  refunding: refundLatePayment,
  late_undecided: dropTimer,
  refund_refused: dropTimer,
  paid: dropTimer,
  ended: dropTimer,
};

/** Our own code never leaves a due time here. One written by hand must not move money or keep the sweep busy. */
async function dropTimer({ store, log }: OrderDeps, order: PaymentOrder): Promise<void> {
  log.warn({ orderNo: order.orderNo, status: order.status }, 'unneeded timer dropped');
  await store.dropTimer(order);
}

async function runDue(deps: OrderDeps, order: PaymentOrder, trigger: CloseTrigger): Promise<NextRun> {
  const now = deps.clock.now();
  if (!isDue(order, now)) return runAt(order.nextCloseAt);

  const outcome = await workOf[phaseOf(order, now)](deps, order, trigger);
  const known = typeof outcome === 'object' ? orderOf(outcome) : null;
  const after = known ?? (await deps.store.get(order.id));
  const { leaseUntil } = after;
  if (!isDue(after, deps.clock.now()))
    return isIn('last_look', after) ? { kind: 'never' } : runAt(after.nextCloseAt);
  // Still due: another process holds the lease or just released it, or the channel's circuit breaker is open.
  if (leaseUntil !== null && leaseUntil.getTime() > now.getTime()) return runAt(leaseUntil);
  const out = openBreaker(deps, 'ask', after);
  if (out !== null) return { kind: 'channel_down', until: out.until };
  return runAt(leaseUntil ?? new Date(deps.clock.now().getTime() + BUSY_RETRY_MS));
}

function runAt(at: Date | null): NextRun {
  return at === null ? { kind: 'never' } : { kind: 'at', at };
}
