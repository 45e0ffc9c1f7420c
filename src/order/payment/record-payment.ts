import type { OrderDeps } from '../deps.ts';
import { lateStatus, type ObservedPayment } from '../late-payment.ts';
import type { PaymentOrder } from '../order.ts';
import { alignTimer } from '../schedule/align-timer.ts';
import type { PaymentOutcome, PaymentSource } from '../store/payment-store.ts';

/**
 * A payment the channel has vouched for becomes part of its order: `progress` becomes `success` and the timer
 * goes, or `refunded` where all of it has gone back; if the order is being cancelled, the timer stays and gives the money back. It needs no lease; whatever
 * else is under way on the order loses to it by its guard.
 *
 * For an order that had already ended unpaid it is a late payment (关单后支付): kept on the order and never dropped
 * (G4). After a cancel the money goes back by the order's timer; after a close the policy says (`late-payment.ts`). Asked
 * again it changes nothing. A second payment changes nothing either, and is a violation: a person gives it back.
 *
 * A payment of another amount changes nothing, and is a violation (G1). Throws only when the database cannot be reached; then nothing happened.
 */
export async function recordPayment(
  deps: OrderDeps,
  order: PaymentOrder,
  payment: ObservedPayment,
  source: PaymentSource,
): Promise<Exclude<PaymentOutcome, 'paid_twice'> | 'amount_mismatch'> {
  const now = deps.clock.now();
  if (payment.amountFen !== order.amountFen) {
    await deps.store.recordMismatch(order, 'notification' in source ? source.notification : null, now);
    const { orderNo, channel, amountFen } = order;
    deps.log.error({ orderNo, channel, paidFen: payment.amountFen, amountFen }, 'payment amount mismatch');
    return 'amount_mismatch';
  }
  const late = lateStatus(deps.latePaymentPolicy, order, payment);
  const outcome = await deps.store.recordPayment(order, payment, source, {
    now,
    lateStatus: late,
  });
  if (outcome === 'repeated') return outcome;
  if (outcome === 'paid_twice') {
    const { orderNo, channel } = order;
    const { channelTradeNo: second, paidAt } = payment;
    deps.log.error({ orderNo, channel, second, paidAt }, 'paid twice; refund one payment by hand');
    return 'repeated';
  }

  const { status, closedAt } = await alignTimer(deps, order.id);
  const { paidAt } = payment;
  const log = deps.log.child({ orderNo: order.orderNo, channel: order.channel });
  if (outcome === 'recorded' && status === 'refunded')
    log.warn({ paidAt }, 'order was paid and fully refunded at the channel');
  else if (outcome === 'recorded') log.info({ paidAt }, 'order paid');
  else if (status === 'close') log.error({ paidAt, closedAt }, 'paid after close; refund or reopen');
  else log.warn({ paidAt, closedAt, status }, 'paid after close or cancel');
  return outcome;
}
