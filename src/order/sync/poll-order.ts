import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';
import type { CloseTrigger } from '../outcomes.ts';
import { syncOrder } from './sync-order.ts';

/**
 * Polling of a charge by the customer's code (付款码) that waits for the password, because channels do not promise to
 * notify of it. Until the order expires: every 5 s in the first minute, then less and less often.
 */
const POLL_SHARE_OF_AGE = 1 / 12;
const MIN_POLL_MS = 5_000;
const MAX_POLL_MS = 300_000;

/** Queries once, and schedules the next poll or the close. While the circuit breaker is open, the order stays due. */
export async function pollOrder(deps: OrderDeps, order: PaymentOrder, trigger: CloseTrigger): Promise<void> {
  const outcome = await syncOrder(deps, order, trigger);
  if (outcome.kind === 'unreachable' && outcome.reason === 'channel_down') return;
  await deps.store.postpone(order.id, nextPollAt(deps, order));
}

/** When to poll next, at the latest at the close. */
export function nextPollAt(deps: OrderDeps, { createAttemptedAt, expiresAt }: PaymentOrder): Date {
  const now = deps.clock.now().getTime();
  const wait = (now - createAttemptedAt.getTime()) * POLL_SHARE_OF_AGE;
  const at = now + Math.min(Math.max(wait, MIN_POLL_MS), MAX_POLL_MS);
  return new Date(Math.min(at, expiresAt.getTime() + deps.closeGraceMs));
}
