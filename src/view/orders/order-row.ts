import { shownStatus } from '../../order/lifecycle.ts';
import type { PaymentOrder } from '../../order/order.ts';

/** What people are shown of an order in a list. Never what the customer pays with. */
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

/** An order as people see it: `status` is the one that merchants are shown. */
export type OrderView = Pick<PaymentOrder, (typeof shownFields)[number]>;

export function viewOrder(order: OrderView): OrderView {
  return {
    orderNo: order.orderNo,
    bizOrderNo: order.bizOrderNo,
    channelTradeNo: order.channelTradeNo,
    channel: order.channel,
    method: order.method,
    title: order.title,
    amountFen: order.amountFen,
    status: shownStatus(order),
    ending: order.ending,
    createdAt: order.createdAt,
    expiresAt: order.expiresAt,
    paidAt: order.paidAt,
    closedAt: order.closedAt,
    latePaidAt: order.latePaidAt,
    lateHandledAt: order.lateHandledAt,
    watchUntil: order.watchUntil,
    nextCloseAt: order.nextCloseAt,
    closeAttempts: order.closeAttempts,
    retryReason: order.retryReason,
    stuckAt: order.stuckAt,
  };
}
