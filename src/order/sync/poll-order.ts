import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';
import type { CloseTrigger } from '../outcomes.ts';
import { syncOrder } from './sync-order.ts';

/**
 * A charge by the customer's code (付款码) that waits for the password: no channel promises to tell us, so the
 * channel is asked until the order expires; every 5 s in its first minute, then ever more rarely.
 */
const POLL_SHARE_OF_AGE = 1 / 12;
const MIN_POLL_MS = 5_000;
const MAX_POLL_MS = 300_000;

/** Asks once, and sets the time of the next question or of the close. Out of order: it stays due, and waits. */
export async function pollOrder(deps: OrderDeps, order: PaymentOrder, trigger: CloseTrigger): Promise<void> {
  const outcome = await syncOrder(deps, order, trigger);
  if (outcome.kind === 'unreachable' && outcome.reason === 'channel_down') return;
  await deps.store.postpone(order.id, nextPollAt(deps, order));
}

/** The next question, but not later than the close. */
export function nextPollAt(deps: OrderDeps, { createAttemptedAt, expiresAt }: PaymentOrder): Date {
  const now = deps.clock.now().getTime();
  const wait = (now - createAttemptedAt.getTime()) * POLL_SHARE_OF_AGE;
  const at = now + Math.min(Math.max(wait, MIN_POLL_MS), MAX_POLL_MS);
  return new Date(Math.min(at, expiresAt.getTime() + deps.closeGraceMs));
}
