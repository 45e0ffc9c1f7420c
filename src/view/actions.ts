import type { LateDecision } from '../order/late-payment.ts';
import { isWatched, keepsLateMoney, type PaymentOrder } from '../order/order.ts';

export type OrderAction = 'close' | 'cancel' | 'sync' | 'reclose' | 'resend' | 'late';

/**
 * What a person can do with an order now. Pure, and no more than a hint: by the time it is done the order may have moved
 * on, and the use case says so.
 */
export function possibleActions(
  order: PaymentOrder,
  { hasNotices, now }: { hasNotices: boolean; now: Date },
): OrderAction[] {
  const { status, ending } = order;
  const possible: Record<OrderAction, boolean> = {
    close: status === 'progress' && ending !== 'cancel',
    cancel: status === 'progress' || status === 'success' || isWatched(order) || keepsLateMoney(order),
    sync: true,
    reclose: status === 'progress' || canBeginAgain(order, now),
    resend: hasNotices,
    late: possibleDecisions(order).length > 0,
  };
  return Object.entries(possible).flatMap(([action, isPossible]) =>
    isPossible ? [action as OrderAction] : [],
  );
}

/** What a person may decide about its late payment (关单后支付): as `decideLate` of the store accepts it. */
export function possibleDecisions(order: PaymentOrder): LateDecision[] {
  const { status, latePaidAt, lateHandledAt, nextCloseAt, stuckAt, retryReason } = order;
  // Money of a cancelled payment has gone back, and the channel does not say how much.
  if (status === 'success' && stuckAt !== null && retryReason === 'mismatch') return ['handled'];
  if (nextCloseAt !== null) return [];
  const isLate = latePaidAt !== null && lateHandledAt === null;
  if (isLate && (status === 'close' || status === 'refunding')) return ['refund', 'reopen', 'handled'];
  // A cancel whose refund was refused: a person gives the money back.
  return status === 'success' && stuckAt !== null ? ['handled'] : [];
}

/** As `beginAgain` of the store: something is left to do. The last look at a closed order waits for its time. */
function canBeginAgain(order: PaymentOrder, now: Date): boolean {
  const { status, ending, nextCloseAt, stuckAt, watchUntil } = order;
  if (nextCloseAt === null && stuckAt === null) return false;
  switch (status) {
    case 'success':
      return ending === 'reverse' || ending === 'cancel';
    case 'close':
    case 'cancel':
      return watchUntil !== null || stuckAt !== null || (nextCloseAt !== null && nextCloseAt <= now);
    case 'progress':
    case 'refunding':
    case 'refunded':
      return true;
  }
}
