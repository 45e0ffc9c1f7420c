import { randomUUID } from 'node:crypto';
import type { PaymentOrder } from '../../../src/order/order.ts';
import type { NewCloseRecord } from '../../../src/order/store/guarded-change.ts';
import type { OrderStore } from '../../../src/order/store/store.ts';

const later = (ms: number) => new Date(Date.now() + ms);

/** Takes an order's lease as a timer does. Null: it is not free. */
export function lease(
  store: OrderStore,
  order: PaymentOrder,
  untilMs = 20_000,
): Promise<PaymentOrder | null> {
  return store.takeLease(order, { token: randomUUID(), until: later(untilMs), set: {} }, new Date());
}

/** The order under a new lease; throws if it is not free. */
export async function leased(store: OrderStore, order: PaymentOrder): Promise<PaymentOrder> {
  const taken = await lease(store, order);
  if (taken === null) throw new Error('no lease');
  return taken;
}

/** What ends an order as closed. */
export const closing = (closedAt: Date) => ({ status: 'close', closedAt, nextCloseAt: null }) as const;

/** The record of a first attempt that closed the order. */
export const closeRecord = (order: PaymentOrder, createdAt = new Date()): NewCloseRecord => ({
  orderId: order.id,
  orderNo: order.orderNo,
  bizOrderNo: order.bizOrderNo,
  channel: order.channel,
  closeType: 'close',
  trigger: 'timeout',
  attempt: 1,
  outcome: 'closed',
  note: null,
  answers: [
    { call: 'close', answer: '204' },
    { call: 'query', answer: '200 CLOSED' },
  ],
  statusBefore: 'progress',
  statusAfter: 'close',
  actor: null,
  clientIp: null,
  createdAt,
});
