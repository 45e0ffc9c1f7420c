import { closeRecord } from '../attempt/attempt.ts';
import type { OrderDeps } from '../deps.ts';
import { allows, isIn } from '../lifecycle.ts';
import type { PaymentOrder } from '../order.ts';
import type { CancelOutcome, CloseTrigger } from '../outcomes.ts';

/**
 * Cancels an order that has ended (撤销). Needs no lease. A closed, unpaid order keeps its status, so its merchant gets one
 * event only; a later payment is refunded regardless of `LATE_PAYMENT_POLICY`. A late payment that waits for a decision is
 * refunded now. Any other order is unchanged. Throws only if the database is unreachable.
 */
export async function cancelEnded(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  const now = deps.clock.now();
  const attempt = { type: 'cancel' as const, leased: order, trigger, answers: [], now };
  if (allows('closedUnpaid', order)) {
    if (order.ending === 'cancel') return { kind: 'cancelled', order, refunded: false };
    const done = await deps.store.cancelClosed(order, closeRecord(attempt, 'cancelled', order.status));
    const after = await deps.store.get(order.id);
    if (!done) return cancelEnded(deps, after, trigger);
    deps.log.info({ orderNo: order.orderNo, channel: order.channel }, 'closed order cancelled');
    return { kind: 'cancelled', order: after, refunded: false };
  }
  if (isIn('late_undecided', order)) {
    const record = closeRecord({ ...attempt, type: 'late' }, 'refund', 'refunding');
    if (await deps.store.decideLate(order, 'refund', record, now))
      return { kind: 'pending', reason: 'refunding', answer: 'paid after it was closed', retryAt: now };
  }
  const after = await deps.store.get(order.id);
  const { status } = after;
  if (status === 'progress' || status === 'success' || isIn('late_undecided', after))
    return { kind: 'busy', retryAt: now };
  return { kind: 'ended', status };
}
