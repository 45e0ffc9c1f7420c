import { randomUUID } from 'node:crypto';
import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';
import type { Change } from '../store/guarded-change.ts';
import { LEASE_MS } from '../store/lease-keeper.ts';

/**
 * The request that this operation carries out, if any. It is written with the lease, and the order is due when the lease
 * would expire: if the process dies, the timer continues the request.
 */
export type Intent = 'close' | 'cancel' | null;

/**
 * Runs `work` under the order's lease (租约): one operation at a time per order, across all processes (G7). The lease is
 * short and is renewed while this process lives, until the attempt releases it. `work` gets the order as read after the
 * lease was taken. If `work` throws, which only a database failure causes, the lease is no longer renewed.
 * Null: another operation holds the lease, or the order has changed its status.
 */
export async function withLease<T>(
  deps: OrderDeps,
  order: PaymentOrder,
  intent: Intent,
  work: (leased: PaymentOrder) => Promise<T>,
): Promise<T | null> {
  const leased = await takeLease(deps, order, intent);
  if (leased === null) return null;
  try {
    return await work(leased);
  } catch (error) {
    deps.leases.drop(leased);
    throw error;
  }
}

/** Takes the lease and keeps renewing it. Null: as for `withLease`. */
export async function takeLease(
  deps: OrderDeps,
  order: PaymentOrder,
  intent: Intent = null,
): Promise<PaymentOrder | null> {
  const now = deps.clock.now();
  const until = new Date(now.getTime() + LEASE_MS);
  const lease = { token: randomUUID(), until, set: writtenWith(intent, until) };
  const leased = await deps.store.takeLease(order, lease, now);
  if (leased !== null) deps.leases.keep(leased);
  return leased;
}

function writtenWith(intent: Intent, until: Date): Change {
  switch (intent) {
    case null:
      return {};
    case 'close':
      return { ending: () => "IF(ending = 'expiry', 'close', ending)", nextCloseAt: until };
    case 'cancel':
      return { ending: 'cancel', nextCloseAt: until };
  }
}
