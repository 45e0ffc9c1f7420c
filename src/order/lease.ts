import { randomUUID } from 'node:crypto';
import type { OrderDeps } from './deps.ts';
import type { PaymentOrder } from './order.ts';

/**
 * Longer than one whole attempt (three channel calls with a deadline of 5 s each, and the database), so that a
 * lease runs out only under a holder that died.
 */
export const LEASE_MS = 20_000;

/**
 * Takes the order's lease (租约): one operation at a time per order, across all processes (G7). Null: somebody
 * else has it, or the order has moved on. The returned order is read after the lease was taken.
 */
export async function takeLease(deps: OrderDeps, order: PaymentOrder): Promise<PaymentOrder | null> {
  const now = deps.clock.now();
  return deps.store.takeLease(order, randomUUID(), new Date(now.getTime() + LEASE_MS), now);
}
