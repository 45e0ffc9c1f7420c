import type { ChannelPayment } from '../channel/channel.ts';
import { isExpired, type PaymentOrder } from './order.ts';

/**
 * What becomes of a payment that arrives for a closed order (关单后支付), see `LATE_PAYMENT_POLICY`:
 * - `refund`: the money goes back;
 * - `reopen`: the order is paid again if the customer paid within its time, else the money goes back;
 * - `manual`: it waits for a person.
 */
export const latePaymentPolicies = ['refund', 'reopen', 'manual'] as const;
export type LatePaymentPolicy = (typeof latePaymentPolicies)[number];

/** What a late payment makes of a closed order. */
export type LateStatus = 'refunding' | 'refunded' | 'success' | 'close';

/**
 * A payment as it was seen. `returned`: all of it has gone back since, or some of it and the channel does not say how
 * much.
 */
export type ObservedPayment = ChannelPayment & { returned?: 'in_full' | 'unknown' };

/**
 * Pure. What has gone back needs no refund and no decision; what is not all there any more makes nothing paid again. A
 * cancelled order is not asked about: a cancel wants no money.
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

/** What a person may decide about a late payment that waits for one. */
export const lateDecisions = ['refund', 'reopen', 'handled'] as const;
export type LateDecision = (typeof lateDecisions)[number];
