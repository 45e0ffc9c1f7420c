import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';

/**
 * Schedules a query of an unpaid order's channel, as soon as no operation holds the lease. False: the order is paid, or due
 * already. Throws only if the database is unreachable.
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
