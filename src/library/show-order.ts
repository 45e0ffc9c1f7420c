import { shownStatus } from '../order/lifecycle.ts';
import type { PaymentOrder } from '../order/order.ts';
import { pick } from '../platform/pick.ts';
import type { Order } from './types.ts';

const shownFields = [
  'bizOrderNo',
  'orderNo',
  'channel',
  'channelTradeNo',
  'method',
  'title',
  'amountFen',
  'attach',
  'payBody',
  'createdAt',
  'expiresAt',
  'paidAt',
  'closedAt',
  'latePaidAt',
  'nextCloseAt',
  'stuckAt',
] as const satisfies readonly (keyof PaymentOrder)[];

/** The part of an order that the shop sees. */
export function showOrder(order: PaymentOrder): Order {
  return { ...pick(order, shownFields), status: shownStatus(order) };
}
