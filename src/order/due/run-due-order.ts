import { isLockConflict } from '../../platform/mysql/permanent-error.ts';
import { openBreaker } from '../attempt/availability.ts';
import { catchFaultyData } from '../attempt/faulty-data.ts';
import { cancelOrder } from '../cancel/cancel-order.ts';
import { closeOrder } from '../close/close-order.ts';
import type { OrderDeps } from '../deps.ts';
import { isIn, type Phase, phaseOf } from '../lifecycle.ts';
import { isDue, type PaymentOrder } from '../order.ts';
import { inOrderTrace } from '../order-trace.ts';
import type { CancelOutcome, CloseOutcome, CloseTrigger } from '../outcomes.ts';
import { refundLatePayment } from '../refund/refund-late.ts';
import { takeLastLook } from '../sync/last-look.ts';
import { pollOrder } from '../sync/poll-order.ts';
import { watchOrder } from '../sync/watch-order.ts';

/** How soon a timer looks again at an order that it found taken and then free, ms. */
const BUSY_RETRY_MS = 1_000;

/** The same for one whose row somebody has locked: the attempt has waited for the lock already, ms. */
const LOCKED_RETRY_MS = 5_000;

/** When a timer is to fire again. */
export type NextRun =
  | { kind: 'at'; at: Date }
  /** Nothing is left to do. */
  | { kind: 'never' }
  /** The order was not touched: until then the channel answers nothing, for this order as for all others. */
  | { kind: 'channel_down'; until: Date };

/**
 * What a timer does when it fires: reloads the order and does what is due for it. Returns when to fire again, as the
 * row says afterwards; `never` also where only the last look remains, later, which the sweep sees to. An order whose data cannot
 * be stored or read is stuck, and tried again slowly. Throws only when the database cannot be reached.
 */
export async function runDueOrder(deps: OrderDeps, orderNo: string, trigger: CloseTrigger): Promise<NextRun> {
  try {
    const next = await catchFaultyData(deps, { orderNo }, trigger, () => loadAndRun(deps, orderNo, trigger));
    return next.kind === 'pending' ? runAt(next.retryAt) : next;
  } catch (error) {
    // The database is there: somebody holds this one row, as a person's transaction may for minutes.
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

/** What an order's timer does in each phase. In the others nothing is left to do. */
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

/** No writer leaves a due time here. A person who wrote one by hand must not move money, nor keep the sweep busy. */
async function dropTimer({ store, log }: OrderDeps, order: PaymentOrder): Promise<void> {
  log.warn({ orderNo: order.orderNo, status: order.status }, 'unneeded timer dropped');
  await store.dropTimer(order);
}

async function runDue(deps: OrderDeps, order: PaymentOrder, trigger: CloseTrigger): Promise<NextRun> {
  const now = deps.clock.now();
  if (!isDue(order, now)) return runAt(order.nextCloseAt);

  const outcome = await workOf[phaseOf(order, now)](deps, order, trigger);
  // An outcome that has the order as the work left it saves reading the row again.
  const isKnown = typeof outcome === 'object' && 'order' in outcome;
  const after = isKnown ? outcome.order : await deps.store.get(order.id);
  const { leaseUntil } = after;
  if (!isDue(after, deps.clock.now()))
    return isIn('last_look', after) ? { kind: 'never' } : runAt(after.nextCloseAt);
  // Still due: another process has the lease or had it a moment ago, or its channel is out of order.
  if (leaseUntil !== null && leaseUntil.getTime() > now.getTime()) return runAt(leaseUntil);
  const out = openBreaker(deps, 'ask', after);
  if (out !== null) return { kind: 'channel_down', until: out.until };
  return runAt(leaseUntil ?? new Date(deps.clock.now().getTime() + BUSY_RETRY_MS));
}

function runAt(at: Date | null): NextRun {
  return at === null ? { kind: 'never' } : { kind: 'at', at };
}
