import type { OrderDeps } from '../deps.ts';
import { isIn } from '../lifecycle.ts';
import type { PaymentOrder } from '../order.ts';

/**
 * Sets the order's timer to its row's due time, or clears it, and returns the order. A last look needs no timer: it is a
 * day away, and the sweep finds it.
 */
export async function alignTimer(deps: OrderDeps, id: string): Promise<PaymentOrder> {
  const order = await deps.store.get(id);
  if (order.nextCloseAt === null || isIn('last_look', order)) await deps.timer.clear(order);
  else await deps.timer.set(order, order.nextCloseAt, 'timeout');
  return order;
}
