import type { OrderDeps } from '../deps.ts';
import { lateStatus, type ObservedPayment } from '../late-payment.ts';
import type { PaymentOrder } from '../order.ts';
import { alignTimer } from '../schedule/align-timer.ts';
import type { PaymentOutcome, PaymentSource } from '../store/payment-store.ts';

/**
 * Records a payment that the channel has confirmed. Needs no lease: its guard beats any other operation on the order.
 *
 * - An open order becomes `success` and loses its timer, or `refunded` if the payment was fully returned. If it is being
 *   cancelled, its timer stays and returns the money.
 * - For an order that ended unpaid this is a late payment (关单后支付): stored with the order, never dropped (G4). After a
 *   cancel it is refunded; after a close the policy decides (`late-payment.ts`).
 * - A known payment changes nothing. A second payment changes nothing either and is a violation: a person must refund it.
 * - Another amount than the order's changes nothing and is a violation (G1).
 *
 * Throws only if the database is unreachable; then nothing has changed.
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
