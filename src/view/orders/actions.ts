import type { LateDecision } from '../../order/late-payment.ts';
import { allows, isIn } from '../../order/lifecycle.ts';
import type { PaymentOrder } from '../../order/order.ts';

export type OrderAction = 'close' | 'cancel' | 'sync' | 'reclose' | 'resend' | 'late';

/**
 * The actions that a person can take on an order now. Pure, and only a hint: the order may have changed by the time of the
 * action, and the use case then says so.
 */
export function possibleActions(
  order: PaymentOrder,
  { hasNotices, now }: { hasNotices: boolean; now: Date },
): OrderAction[] {
  const { status, ending } = order;
  const possible: Record<OrderAction, boolean> = {
    close: status === 'progress' && ending !== 'cancel',
    cancel: allows('cancellable', order) || allows('shownWatched', order) || isIn('late_undecided', order),
    sync: true,
    reclose: status === 'progress' || allows('restartable', order, now),
    resend: hasNotices,
    late: possibleDecisions(order).length > 0,
  };
  return Object.entries(possible).flatMap(([action, isPossible]) =>
    isPossible ? [action as OrderAction] : [],
  );
}

/** The decisions about its late payment (关单后支付) that the store accepts. */
export function possibleDecisions(order: PaymentOrder): LateDecision[] {
  if (allows('lateNeedsDecision', order)) return ['refund', 'reopen', 'handled'];
  return allows('refusedCancel', order) ? ['handled'] : [];
}
