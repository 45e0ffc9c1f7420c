import type { LatePaymentPolicy } from '../../../../src/order/late-payment.ts';
import {
  type Ending,
  isClosedOrCancelled,
  type OrderStatus,
  type PaymentOrder,
} from '../../../../src/order/order.ts';
import type { OrderSnapshot } from '../../../../src/sandbox/simulator/snapshot.ts';

/** What the order may become from each state, in one step or several. */
export const mayBecome = {
  progress: ['success', 'close', 'cancel', 'refunded'],
  success: ['cancel', 'refunded'],
  close: ['refunding', 'refunded', 'success'],
  cancel: ['refunding'],
  refunding: ['refunded', 'success'],
  refunded: [],
} satisfies Record<OrderStatus, OrderStatus[]>;

interface Change {
  /** The row before the last event; null: there was none. */
  before: PaymentOrder | null;
  now: PaymentOrder;
  /** The channel's side. */
  order: OrderSnapshot | null;
  policy: LatePaymentPolicy;
  /** Null: clocks have jumped, so that one process may find a lease run out that another has just taken. */
  at: Date | null;
  /** The channel has refused a refund of it, because others have given money back. */
  isRefused: boolean;
  /** A person has decided that late money pays the order again. */
  mayReopen: boolean;
  /** The channel has accepted a refund, and the money is still on its way. */
  isUnderWay: boolean;
}

/** States that a row must not have after any event, even while operations run. */
export function accuseRow(change: Change): string[] {
  const { before, now, order, policy, at, isRefused, isUnderWay } = change;
  const wrong: string[] = [];
  const isForPerson = isRefused && now.status === 'refunding';
  if (leavesSomething(now) && !isForPerson && now.nextCloseAt === null && !leavesSomethingUndue(before))
    wrong.push(`${now.status} with something left to do, and never due`);
  if (now.status === 'success' && before?.status !== 'success' && order?.paidAt == null)
    wrong.push('success, and nobody has paid');
  if (before !== null && forgets(before, now))
    wrong.push(`${before.ending} was asked for, and is forgotten for ${now.ending}`);
  const { leaseToken, leaseUntil } = before ?? {};
  const wasHeld = leaseToken != null && leaseUntil != null && at !== null && leaseUntil > at;
  if (wasHeld && now.leaseToken !== null && now.leaseToken !== leaseToken)
    wrong.push('two holders of one order at once');
  if (before === null || before.status === now.status) return wrong;

  if (isUnderWay && (now.status === 'refunded' || now.status === 'cancel'))
    wrong.push(`${now.status}, while the money is still on its way back`);
  const allowed: readonly OrderStatus[] = mayBecome[before.status];
  const isReopened = before.status !== 'progress' && now.status === 'success';
  const isInTime = now.latePaidAt !== null && now.latePaidAt < now.expiresAt;
  const mayReopen = change.mayReopen || (policy === 'reopen' && isInTime);
  if (!allowed.includes(now.status) || (isReopened && !mayReopen))
    wrong.push(`${before.status} became ${now.status}`);
  if ((now.status === 'close' || now.status === 'cancel') && now.watchUntil === null && keepsMoney(order))
    wrong.push(`${now.status}, although it was paid`);
  return wrong;
}

const weights = { expiry: 0, close: 1, reverse: 2, cancel: 3 } satisfies Record<Ending, number>;

/** What is to become of an order only gives way to what outweighs it; one that is paid again begins anew. */
function forgets(before: PaymentOrder, now: PaymentOrder): boolean {
  const isReopened = isClosedOrCancelled(before) && now.status === 'success';
  return weights[now.ending] < weights[before.ending] && !isReopened;
}

/** Somebody has to come back to it: it is open, watched, or its money is on the way back. */
export function leavesSomething({
  status,
  ending,
  watchUntil,
  latePaidAt,
  stuckAt,
}: Pick<PaymentOrder, 'status' | 'ending' | 'watchUntil' | 'latePaidAt' | 'stuckAt'>): boolean {
  if (status === 'progress') return true;
  if (status === 'refunding') return stuckAt === null;
  if (status === 'success') return (ending === 'cancel' || ending === 'reverse') && stuckAt === null;
  return status === 'close' && watchUntil !== null && latePaidAt === null;
}

/** It was accused when that happened. */
function leavesSomethingUndue(before: PaymentOrder | null): boolean {
  return before !== null && before.nextCloseAt === null && leavesSomething(before);
}

/** The channel has the customer's money, or a part of it. */
export function keepsMoney(order: OrderSnapshot | null): boolean {
  return order !== null && order.paidAt !== null && order.refundedFen < order.amountFen;
}
