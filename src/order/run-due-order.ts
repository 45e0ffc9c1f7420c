import { assertNever } from '../platform/assert-never.ts';
import { closeOrder } from './close-order.ts';
import type { OrderDeps } from './deps.ts';
import type { CloseOutcome, CloseTrigger } from './outcomes.ts';
import { watchOrder } from './watch-order.ts';

/**
 * What a timer does when it fires: reloads the order and closes it, or watches it if it was closed softly.
 * Returns when to fire again; null when there is nothing left to do. Throws only when the database cannot be
 * reached.
 */
export async function runDueOrder(
  deps: OrderDeps,
  orderNo: string,
  trigger: CloseTrigger,
): Promise<Date | null> {
  const order = await deps.store.find(orderNo);
  if (order === null) {
    deps.log.warn({ orderNo, reason: 'no such order' }, 'timer skipped');
    return null;
  }
  if (order.status === 'close') return watchOrder(deps, order, trigger);
  return nextAttemptAt(await closeOrder(deps, order, trigger));
}

/** When the order is to be looked at again after this outcome; null: never. */
export function nextAttemptAt(outcome: CloseOutcome): Date | null {
  switch (outcome.kind) {
    case 'closed':
      return outcome.order.nextCloseAt;
    case 'not_due':
      return outcome.dueAt;
    case 'busy':
    case 'pending':
      return outcome.retryAt;
    case 'paid':
    case 'ended':
    case 'not_found':
      return null;
    default:
      return assertNever(outcome);
  }
}
