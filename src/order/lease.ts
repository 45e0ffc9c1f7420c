import { randomUUID } from 'node:crypto';
import type { OrderDeps } from './deps.ts';
import type { Change } from './guarded-change.ts';
import { LEASE_MS } from './lease-keeper.ts';
import type { PaymentOrder } from './order.ts';

/**
 * Takes the order's lease (租约): one operation at a time per order, across all processes (G7). It is short, and
 * prolonged while this process lives, until the attempt gives it back. Null: somebody else has it, or the order has
 * moved on. The returned order is read after the lease was taken.
 */
export async function takeLease(deps: OrderDeps, order: PaymentOrder): Promise<PaymentOrder | null> {
  return takeAndKeep(deps, order, () => ({}));
}

/**
 * The lease for a close that somebody asked for. The wish is written with it, and the order is due again when it would
 * run out: if this process dies, the timer goes on with the close.
 */
export async function takeCloseLease(deps: OrderDeps, order: PaymentOrder): Promise<PaymentOrder | null> {
  const ending = () => "IF(ending = 'expiry', 'close', ending)";
  return takeAndKeep(deps, order, (until) => ({ ending, nextCloseAt: until }));
}

/**
 * The lease for a cancel. The wish to cancel is written with it, and the order is due again when it would run out:
 * if this process dies, the timer goes on with the cancel.
 */
export async function takeCancelLease(deps: OrderDeps, order: PaymentOrder): Promise<PaymentOrder | null> {
  return takeAndKeep(deps, order, (until) => ({ ending: 'cancel', nextCloseAt: until }));
}

/** Does what an attempt does under its lease. If that breaks off, by an error of the database, the lease is let go. */
export async function holding<T>(deps: OrderDeps, leased: PaymentOrder, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    deps.leases.drop(leased);
    throw error;
  }
}

async function takeAndKeep(
  deps: OrderDeps,
  order: PaymentOrder,
  setUntil: (until: Date) => Change,
): Promise<PaymentOrder | null> {
  const now = deps.clock.now();
  const until = new Date(now.getTime() + LEASE_MS);
  const leased = await deps.store.takeLease(order, { token: randomUUID(), until, set: setUntil(until) }, now);
  if (leased !== null) deps.leases.keep(leased);
  return leased;
}
