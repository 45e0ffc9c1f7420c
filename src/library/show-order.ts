import { shownStatus } from '../order/lifecycle.ts';
import type { PaymentOrder } from '../order/order.ts';
import type { Order } from './types.ts';

/** The part of an order that the shop sees. */
export function showOrder(order: PaymentOrder): Order {
  const { bizOrderNo, orderNo, channel, channelTradeNo, method, title, amountFen, attach, payBody } = order;
  const { createdAt, expiresAt, paidAt, closedAt, latePaidAt, nextCloseAt, stuckAt } = order;
  return {
    bizOrderNo,
    orderNo,
    channel,
    channelTradeNo,
    method,
    title,
    amountFen,
    attach,
    payBody,
    createdAt,
    expiresAt,
    paidAt,
    closedAt,
    latePaidAt,
    nextCloseAt,
    stuckAt,
    status: shownStatus(order),
  };
}
