import type { OrderDeps } from '../../order/deps.ts';
import type { PaymentOrder } from '../../order/order.ts';

/** `several`: the number matches different orders, as different kinds of numbers or at different channels. */
export type FoundOrder =
  | { kind: 'one'; order: PaymentOrder }
  | { kind: 'several'; orderNos: string[] }
  | { kind: 'none' };

/**
 * Finds the order with this number: ours, its id, the merchant's or the channel's. A number that matches several orders
 * selects none, because money depends on it: give another number. Throws only if the database is unavailable.
 */
export async function findOrder({ store }: Pick<OrderDeps, 'store'>, number: string): Promise<FoundOrder> {
  const none = { orderNo: null, bizOrderNo: null };
  const found = await Promise.all([
    store.find(number),
    store.findByNumbers({ ...none, orderNo: number }),
    store.findByNumbers({ ...none, bizOrderNo: number }),
    store.listByChannelTradeNo(number),
  ]);
  const orders = new Map(
    found.flat().flatMap((order) => (order === null ? [] : [[order.id, order] as const])),
  );
  const [order] = orders.values();
  if (order === undefined) return { kind: 'none' };
  if (orders.size === 1) return { kind: 'one', order };
  return { kind: 'several', orderNos: [...orders.values()].map(({ orderNo }) => orderNo) };
}
