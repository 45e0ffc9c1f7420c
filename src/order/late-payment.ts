import type { ChannelPayment } from '../channel/channel.ts';
import { isExpired, type PaymentOrder } from './order.ts';

/**
 * What happens to a payment that arrives for a closed order (关单后支付), see `LATE_PAYMENT_POLICY`:
 * - `refund`: it is refunded.
 * - `reopen`: the order becomes paid if the customer paid before its expiry, else the payment is refunded.
 * - `manual`: it waits for a person's decision.
 */
export const latePaymentPolicies = ['refund', 'reopen', 'manual'] as const;
export type LatePaymentPolicy = (typeof latePaymentPolicies)[number];

/** The status that a late payment gives a closed order. */
export type LateStatus = 'refunding' | 'refunded' | 'success' | 'close';

/**
 * A payment as it was seen. `returned`: all of it has gone back since, or some of it and the channel does not say how
 * much.
 */
export type ObservedPayment = ChannelPayment & { returned?: 'in_full' | 'unknown' };

/**
 * The status that this late payment gives the closed `order`. Pure. A fully returned payment needs no refund and no
 * decision; a partly returned one never reopens the order. Not for cancelled orders: their payments are always refunded.
 */
export function lateStatus(
  policy: LatePaymentPolicy,
  order: PaymentOrder,
  { paidAt, returned }: Pick<ObservedPayment, 'paidAt' | 'returned'>,
): LateStatus {
  if (returned === 'in_full') return 'refunded';
  switch (policy) {
    case 'refund':
      return 'refunding';
    case 'reopen':
      return returned !== undefined || isExpired(order, paidAt) ? 'refunding' : 'success';
    case 'manual':
      return 'close';
  }
}

/** What a person may decide about a late payment. */
export const lateDecisions = ['refund', 'reopen', 'handled'] as const;
export type LateDecision = (typeof lateDecisions)[number];
