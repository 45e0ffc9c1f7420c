import type { ChannelPayment } from '../channel/channel.ts';
import type { OrderDeps } from './deps.ts';
import type { PaymentOrder } from './order.ts';
import type { PaymentOutcome, PaymentSource } from './store.ts';

/**
 * A payment the channel has vouched for becomes part of its order: `progress` becomes `success` and the timer
 * goes; if the order is being cancelled, the timer stays and gives the money back. It needs no lease; whatever
 * else is under way on the order loses to it by its guard.
 *
 * For an order that had already ended unpaid it is a late payment (关单后支付): kept on the order and never dropped
 * (G4). After a cancel the money goes back by the order's timer; after a close a person is told. Asked again it
 * changes nothing.
 *
 * The caller has compared the amount. Throws only when the database cannot be reached; then nothing happened.
 */
export async function recordPayment(
  deps: OrderDeps,
  order: PaymentOrder,
  payment: ChannelPayment,
  source: PaymentSource,
): Promise<PaymentOutcome> {
  const outcome = await deps.store.recordPayment(order, payment, source, deps.clock.now());
  const log = deps.log.child({ orderNo: order.orderNo, channel: order.channel });
  if (outcome === 'repeated') return outcome;

  const { status, nextCloseAt } = await deps.store.get(order.id);
  const { paidAt } = payment;
  if (outcome === 'recorded') log.info({ paidAt }, 'order paid');
  else if (status === 'cancel') log.warn({ paidAt }, 'paid after it was cancelled: the money goes back');
  else log.error({ paidAt, closedAt: order.closedAt }, 'paid after it was closed: refund or reopen');

  if (nextCloseAt === null) await deps.timer.clear(order);
  else await deps.timer.set(order, nextCloseAt, 'timeout');
  return outcome;
}
