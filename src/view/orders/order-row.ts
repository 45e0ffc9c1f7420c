import { shownStatus } from '../../order/lifecycle.ts';
import type { PaymentOrder } from '../../order/order.ts';
import { pick } from '../../platform/pick.ts';

/** The fields of an order that lists show. Never what the customer pays with. */
export const shownFields = [
  'orderNo',
  'bizOrderNo',
  'channelTradeNo',
  'channel',
  'method',
  'title',
  'amountFen',
  'status',
  'ending',
  'createdAt',
  'expiresAt',
  'paidAt',
  'closedAt',
  'latePaidAt',
  'lateHandledAt',
  'watchUntil',
  'nextCloseAt',
  'closeAttempts',
  'retryReason',
  'stuckAt',
] as const satisfies readonly (keyof PaymentOrder)[];

/** An order as people see it; `status` is the one that merchants see. */
export type OrderView = Pick<PaymentOrder, (typeof shownFields)[number]>;

export function viewOrder(order: OrderView): OrderView {
  return { ...pick(order, shownFields), status: shownStatus(order) };
}
