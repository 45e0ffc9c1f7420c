import type { Clock } from '../../platform/clock/clock.ts';
import { every } from '../../platform/every.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { safeError } from '../../platform/log/safe-error.ts';
import type { PaymentOrder } from '../order.ts';
import type { OrderStore } from './store.ts';

/** A lease expires this long after its last renewal, ms. If a process dies, its orders wait no longer than this. */
export const LEASE_MS = 6_000;
/** How often a process renews its leases, ms. Two renewals may fail before a lease is lost. */
const BEAT_MS = 2_000;
/**
 * A lease is not renewed beyond this age, ms, so that an aborted attempt does not hold its order forever. Longer than any
 * attempt takes: a cancel makes up to seven channel calls with a deadline of 5 s each.
 */
const LONGEST_ATTEMPT_MS = 40_000;

/** Renews the leases that this process holds, by a heartbeat. */
export interface LeaseKeeper {
  /** Renews this lease from now on, until it is released or lost. */
  keep(leased: PaymentOrder): void;
  /** Stops renewing the lease of an aborted attempt, so that the order is free when it expires. */
  drop(leased: PaymentOrder): void;
  /** Renews all leases now, or awaits the renewal in progress. Never throws: a lease that cannot be renewed expires. */
  beat(): Promise<void>;
  stop(): Promise<void>;
}

interface Held {
  id: string;
  token: string;
  /** Its expiry in the database, as far as we know. */
  until: number;
  takenAt: number;
}

/**
 * Creates the lease keeper. The row decides whether a lease is still held: the end of an attempt clears it there, and the
 * next heartbeat forgets it. An expired lease is never renewed, even if no other process has taken it: its holder stalled,
 * and may already be considered dead.
 */
export function createLeaseKeeper(
  store: Pick<OrderStore, 'renewLeases'>,
  clock: Clock,
  log: Logger,
  /** Called for each lease that expired while it was held. */
  onLost: () => void = () => {},
): LeaseKeeper {
  const held = new Map<string, Held>();
  async function prolong(): Promise<void> {
    const now = clock.now();
    for (const { token, until, takenAt } of held.values()) {
      const tooLong = now.getTime() - takenAt > LONGEST_ATTEMPT_MS;
      const ranOut = until <= now.getTime();
      if (tooLong || ranOut) held.delete(token);
      if (ranOut) onLost();
    }
    const leases = [...held.values()];
    if (leases.length === 0) return;
    const until = new Date(now.getTime() + LEASE_MS);
    const still = await store.renewLeases(leases, until, now);
    for (const lease of leases) {
      const heldUntil = still.get(lease.token);
      if (heldUntil === undefined) held.delete(lease.token);
      else lease.until = heldUntil.getTime();
    }
  }

  const renewal = every(BEAT_MS, () =>
    prolong().catch((error) => log.warn({ err: safeError(error) }, 'lease renewal failed')),
  );
  return {
    keep({ id, leaseToken: token, leaseUntil }) {
      if (token === null || leaseUntil === null) return;
      held.set(token, { id, token, until: leaseUntil.getTime(), takenAt: clock.now().getTime() });
    },
    drop({ leaseToken: token }) {
      if (token !== null) held.delete(token);
    },
    beat: renewal.run,
    stop: renewal.stop,
  };
}
