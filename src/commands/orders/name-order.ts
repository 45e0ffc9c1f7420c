import type { OrderDeps } from '../../order/deps.ts';
import type { PaymentOrder } from '../../order/order.ts';

/** Which order is meant; `several`: this is the number of one and, of another kind or
 * from another channel, of another. */
export type Named =
  | { kind: 'one'; order: PaymentOrder }
  | { kind: 'several'; orderNos: string[] }
  | { kind: 'none' };

/**
 * The order that has this number: ours, its id, the merchant's or the channel's. A number that means two orders means
 * none, because money hangs on it: give another of its numbers. Throws only when the database cannot be reached.
 */
export async function nameOrder({ store }: Pick<OrderDeps, 'store'>, number: string): Promise<Named> {
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
