import type { OrderDeps } from './deps.ts';
import type { PaymentOrder } from './order.ts';
import type { CloseTrigger } from './outcomes.ts';
import { syncOrder } from './sync-order.ts';

/**
 * A charge by the customer's code (付款码) that waits for the password: no channel promises to tell us, so the
 * channel is asked every few seconds until the order expires.
 */
export const POLL_INTERVAL_MS = 5_000;

/** Asks once, and sets the time of the next question or of the close. */
export async function pollOrder(deps: OrderDeps, order: PaymentOrder, trigger: CloseTrigger): Promise<void> {
  await syncOrder(deps, order, trigger);
  await deps.store.postpone(order.id, nextPollAt(deps, order));
}

/** The next question, but not later than the close. */
export function nextPollAt(deps: OrderDeps, { expiresAt }: PaymentOrder): Date {
  const closeAt = expiresAt.getTime() + deps.closeGraceMs;
  return new Date(Math.min(deps.clock.now().getTime() + POLL_INTERVAL_MS, closeAt));
}
