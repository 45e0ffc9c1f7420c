import { closeRecord } from '../attempt/attempt.ts';
import type { OrderDeps } from '../deps.ts';
import { allows, isIn } from '../lifecycle.ts';
import type { PaymentOrder } from '../order.ts';
import type { CancelOutcome, CloseTrigger } from '../outcomes.ts';

/**
 * A cancel (撤销) of an order that has ended. It needs no lease. A closed order stays closed: nobody has paid it, so the
 * cancel is done, and its merchant is notified of one ending only. Money that arrives later goes back, whatever
 * `LATE_PAYMENT_POLICY` says; late money that waits for a decision goes back now. Any other order stays as it is.
 * Throws only when the database cannot be reached.
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
