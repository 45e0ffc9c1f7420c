import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';

/** How often a softly closed order is asked about, ms. */
const WATCH_INTERVAL_MS = 30_000;
/** How long after the channel's last notification a closed order is looked at for the last time, ms. */
const LAST_LOOK_MARGIN_MS = 600_000;

/**
 * When a closed order is asked about again: a softly closed one until its watch ends, and each for the last time
 * (核对) when the channel notifies no longer of a payment that was made before now.
 */
export function nextLookAt(deps: OrderDeps, { channel }: PaymentOrder, watchUntil: Date | null): Date {
  const now = deps.clock.now().getTime();
  if (watchUntil !== null) return new Date(Math.min(now + WATCH_INTERVAL_MS, watchUntil.getTime()));
  return new Date(now + (deps.channels.get(channel)?.notifiesForMs ?? 0) + LAST_LOOK_MARGIN_MS);
}
