import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';

/** How often a softly closed order is queried, ms. */
const WATCH_INTERVAL_MS = 30_000;
/** Time from the channel's last possible notification to the last look at a closed order, ms. */
const LAST_LOOK_MARGIN_MS = 600_000;

/**
 * When a closed order is queried next: a softly closed one at intervals until its watch ends, then every order once more
 * (the last look, 最后核对) after the channel has stopped notifying of payments made before now.
 */
export function nextLookAt(deps: OrderDeps, { channel }: PaymentOrder, watchUntil: Date | null): Date {
  const now = deps.clock.now().getTime();
  if (watchUntil !== null) return new Date(Math.min(now + WATCH_INTERVAL_MS, watchUntil.getTime()));
  return new Date(now + (deps.channels.get(channel)?.notifiesForMs ?? 0) + LAST_LOOK_MARGIN_MS);
}
