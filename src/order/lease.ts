import { randomUUID } from 'node:crypto';
import type { OrderDeps } from './deps.ts';
import type { PaymentOrder } from './order.ts';

/**
 * Longer than one whole attempt (three channel calls with a deadline of 5 s each, and the database), so that a
 * lease runs out only under a holder that died.
 */
export const LEASE_MS = 20_000;

/** Giving back may query, cancel, refund and query again. */
export const CANCEL_LEASE_MS = 35_000;

/**
 * Takes the order's lease (租约): one operation at a time per order, across all processes (G7). Null: somebody
 * else has it, or the order has moved on. The returned order is read after the lease was taken.
 */
export async function takeLease(deps: OrderDeps, order: PaymentOrder): Promise<PaymentOrder | null> {
  const now = deps.clock.now();
  const until = new Date(now.getTime() + LEASE_MS);
  return deps.store.takeLease(order, { token: randomUUID(), until, set: {} }, now);
}

/**
 * The lease for a close that somebody asked for. The wish is written with it, and the order is due again when it runs out:
 * if this process dies, the timer goes on with the close.
 */
export async function takeCloseLease(deps: OrderDeps, order: PaymentOrder): Promise<PaymentOrder | null> {
  const now = deps.clock.now();
  const until = new Date(now.getTime() + LEASE_MS);
  const set = { ending: () => "IF(ending = 'expiry', 'close', ending)", nextCloseAt: until };
  return deps.store.takeLease(order, { token: randomUUID(), until, set }, now);
}

/** The lease for giving a late payment back, which takes longer than a close. */
export async function takeRefundLease(deps: OrderDeps, order: PaymentOrder): Promise<PaymentOrder | null> {
  const now = deps.clock.now();
  const until = new Date(now.getTime() + CANCEL_LEASE_MS);
  return deps.store.takeLease(order, { token: randomUUID(), until, set: {} }, now);
}

/**
 * The lease for a cancel. The wish to cancel is written with it, and the order is due again when it runs out: if
 * this process dies, the timer goes on with the cancel.
 */
export async function takeCancelLease(deps: OrderDeps, order: PaymentOrder): Promise<PaymentOrder | null> {
  const now = deps.clock.now();
  const until = new Date(now.getTime() + CANCEL_LEASE_MS);
  const set = { ending: 'cancel', nextCloseAt: until } as const;
  return deps.store.takeLease(order, { token: randomUUID(), until, set }, now);
}
