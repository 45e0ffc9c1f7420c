import type { Channel, QueryResult } from '../../channel/channel.ts';
import type { ObservedPayment } from '../late-payment.ts';
import { asChannelOrder, type PaymentOrder, type PendingReason } from '../order.ts';
import { refundRequestOf } from '../refund/give-back.ts';

type PaidQuery = Extract<QueryResult, { kind: 'paid' | 'refunded' }>;

/** The payment of a query's answer, with what the answer itself says of its return. Pure. */
export function observedPayment(
  { refundedIsInFull }: Pick<Channel, 'refundedIsInFull'>,
  { kind, payment }: PaidQuery,
): ObservedPayment {
  if (kind === 'paid') return payment;
  return { ...payment, returned: refundedIsInFull ? 'in_full' : 'unknown' };
}

/**
 * Before a payment that a query has found makes an open order paid: has it gone back? Where the channel's answer does not
 * say how much went back, the channel is asked for the refund that this order would make, which is always in full: after a
 * restored backup or a failover it may be our own, although nothing here knows of it.
 *
 * Returns the payment as it may be recorded; or why it may not yet:
 * - `refunding`: our refund is on its way.
 * - `mismatch`: somebody has refunded it elsewhere, and the channel does not say how much. A person must look: neither
 *   "paid" nor "refunded" may be true.
 * - else nothing was learned.
 *
 * An order that gives its money back in any case, or that has ended, is not asked about: what it does next asks.
 */
export async function checkReturned(
  channel: Channel,
  order: PaymentOrder,
  payment: ObservedPayment,
  now: Date,
): Promise<ObservedPayment | PendingReason> {
  const isOpen = order.status === 'progress' && (order.ending === 'expiry' || order.ending === 'close');
  if (payment.returned !== 'unknown' || !isOpen) return payment;
  const { channelTradeNo, paidAt } = payment;
  const asked = { ...asChannelOrder(order), channelTradeNo, paidAt };
  const { kind } = await channel.queryRefund(asked, refundRequestOf(order, 'cancel', now));
  switch (kind) {
    case 'refunded':
      return { ...payment, returned: 'in_full' };
    case 'processing':
      return 'refunding';
    case 'not_found':
    case 'refused':
      return 'mismatch';
    case 'unknown':
      return 'unreachable';
    case 'not_enough':
    case 'rate_limited':
    case 'misconfigured':
      return kind;
  }
}
