import { closeOrder } from './close-order.ts';
import type { OrderDeps } from './deps.ts';
import type { CloseOutcome, CloseTrigger, OrderNumbers } from './outcomes.ts';
import { nextAttemptAt } from './run-due-order.ts';

/**
 * Closes an order because somebody asks for it, due or not. If the channel cannot decide it now, closing goes on
 * by itself at the time the outcome names.
 */
export async function closeByHand(
  deps: OrderDeps,
  numbers: OrderNumbers,
  trigger: CloseTrigger,
): Promise<CloseOutcome> {
  const order = await deps.store.findByNumbers(numbers);
  if (order === null) return { kind: 'not_found' };

  const outcome = await closeOrder(deps, order, trigger);
  if (outcome.kind === 'closed' || outcome.kind === 'pending') {
    const next = nextAttemptAt(outcome);
    if (next === null) await deps.timer.clear(order);
    else await deps.timer.set(order, next, 'timeout');
  }
  return outcome;
}
