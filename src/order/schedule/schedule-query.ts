import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';

/**
 * Has the channel asked about an order of which no payment is known, as soon as no operation holds its lease. False: it is
 * paid, or due already. Throws only when the database cannot be reached.
 */
export async function scheduleQuery(
  { store, timer, clock }: OrderDeps,
  order: PaymentOrder,
): Promise<boolean> {
  if (!(await store.makeQueryDue(order.id, clock.now()))) return false;
  const { nextCloseAt } = await store.get(order.id);
  if (nextCloseAt !== null) await timer.set(order, nextCloseAt, 'timeout');
  return true;
}
