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
export type LateStatus = 'refunding' | 'success' | 'close';

/** A payment as it was seen: some or all of it may have gone back since. */
export type SeenPayment = ChannelPayment & { wentBack?: boolean };

/**
 * Pure. What is not all there any more makes nothing paid again. A cancelled order is not asked about: whoever cancels
 * wants no money.
 */
export function lateStatus(
  policy: LatePaymentPolicy,
  order: PaymentOrder,
  { paidAt, wentBack = false }: Pick<SeenPayment, 'paidAt' | 'wentBack'>,
): LateStatus {
  switch (policy) {
    case 'refund':
      return 'refunding';
    case 'reopen':
      return wentBack || isExpired(order, paidAt) ? 'refunding' : 'success';
    case 'manual':
      return 'close';
  }
}

/** What a person may decide about a late payment that waits for one. */
export const lateDecisions = ['refund', 'reopen', 'handled'] as const;
export type LateDecision = (typeof lateDecisions)[number];
