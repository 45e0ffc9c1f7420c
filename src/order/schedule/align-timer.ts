import type { OrderDeps } from '../deps.ts';
import { isIn } from '../lifecycle.ts';
import type { PaymentOrder } from '../order.ts';

/**
 * Sets the order's timer to its row's due time, or clears it, and returns the order. `known` is the row as it is now, if
 * the caller has just read it. A last look needs no timer: it is a day away, and the sweep finds it.
 */
export async function alignTimer(
  deps: OrderDeps,
  id: string,
  known: PaymentOrder | null = null,
): Promise<PaymentOrder> {
  const order = known ?? (await deps.store.get(id));
  if (order.nextCloseAt === null || isIn('last_look', order)) await deps.timer.clear(order);
  else await deps.timer.set(order, order.nextCloseAt, 'timeout');
  return order;
}
