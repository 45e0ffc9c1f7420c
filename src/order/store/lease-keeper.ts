import type { Clock } from '../../platform/clock/clock.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { safeError } from '../../platform/log/safe-error.ts';
import type { PaymentOrder } from '../order.ts';
import type { OrderStore } from './store.ts';

/**
 * A lease runs out so soon after its holder was last heard of, ms: that is how long an order waits for a process that
 * died while it was at it.
 */
export const LEASE_MS = 6_000;
/** How often a process prolongs the leases it holds, ms. Two beats may fail before one is lost. */
const BEAT_MS = 2_000;
/**
 * A lease is not prolonged beyond this, ms: longer than any attempt takes (a cancel: seven channel calls with a
 * deadline of 5 s each), so that an attempt that was broken off here does not hold its order for ever.
 */
const LONGEST_ATTEMPT_MS = 40_000;

/** Prolongs the leases that this process holds, as a heartbeat. */
export interface LeaseKeeper {
  /** From now on, until the lease is given back or lost. */
  keep(leased: PaymentOrder): void;
  /** Its attempt was broken off: no longer, so that the order is free when the lease runs out. */
  drop(leased: PaymentOrder): void;
  /** One beat, now, or the one under way. Never throws: a lease that cannot be prolonged runs out. */
  beat(): Promise<void>;
  stop(): void;
}

interface Held {
  id: string;
  token: string;
  /** Until when the database has granted it, as far as we know. */
  until: number;
  takenAt: number;
}

/**
 * The row says whether a lease is still held: whoever ends an attempt clears it there, and the next beat forgets it.
 * One that has run out is never prolonged again, even if nobody else has taken it: its holder was away, and may
 * already be taken for dead.
 */
export function createLeaseKeeper(
  store: Pick<OrderStore, 'renewLeases'>,
  clock: Clock,
  log: Logger,
  /** Hears of each lease that ran out while it was held. */
  onLost: () => void = () => {},
): LeaseKeeper {
  const held = new Map<string, Held>();
  let beating: Promise<void> | null = null;

  /** One at a time: who asks while one is under way waits for its end. */
  function beat(): Promise<void> {
    beating ??= prolong()
      .catch((error) => log.warn({ err: safeError(error) }, 'lease renewal failed'))
      .finally(() => {
        beating = null;
      });
    return beating;
  }

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

  const timer = setInterval(() => void beat(), BEAT_MS);
  timer.unref();
  return {
    keep({ id, leaseToken: token, leaseUntil }) {
      if (token === null || leaseUntil === null) return;
      held.set(token, { id, token, until: leaseUntil.getTime(), takenAt: clock.now().getTime() });
    },
    drop({ leaseToken: token }) {
      if (token !== null) held.delete(token);
    },
    beat,
    stop: () => clearInterval(timer),
  };
}
