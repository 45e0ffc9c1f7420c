import type { Channel, QueryResult } from '../../channel/channel.ts';
import type { ObservedPayment } from '../late-payment.ts';
import { allows } from '../lifecycle.ts';
import { asChannelOrder, type PaymentOrder, type PendingReason } from '../order.ts';
import { refundRequestOf } from '../refund/give-back.ts';

type PaidQuery = Extract<QueryResult, { kind: 'paid' | 'refunded' }>;

/** The payment in a query's answer, and whether the answer says that it was returned. Pure. */
export function observedPayment(
  { refundedIsInFull }: Pick<Channel, 'refundedIsInFull'>,
  { kind, payment }: PaidQuery,
): ObservedPayment {
  if (kind === 'paid') return payment;
  return { ...payment, returned: refundedIsInFull ? 'in_full' : 'unknown' };
}

/**
 * Checks whether a payment that a query found has been returned, before it makes an open order paid. If the channel does
 * not say how much was returned, queries the refund that this order would make, which is always in full: after a restored
 * backup or a failover it may be ours without a trace in our database.
 *
 * Returns the payment to record, or why it cannot be recorded yet:
 * - `refunding`: our refund is in progress.
 * - `mismatch`: it was refunded elsewhere, by an unknown amount. A person must look: it may be neither paid nor refunded.
 * - Any other reason: nothing was learned.
 *
 * Skips the check for an order that has ended or that returns its payment anyway: its next step queries the channel.
 */
export async function checkReturned(
  channel: Channel,
  order: PaymentOrder,
  payment: ObservedPayment,
  now: Date,
): Promise<ObservedPayment | PendingReason> {
  const isOpen = allows('keepsPayment', order);
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
