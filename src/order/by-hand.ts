import { cancelOrder } from './cancel-order.ts';
import { closeOrder } from './close-order.ts';
import type { OrderDeps } from './deps.ts';
import { followRow } from './follow-row.ts';
import type { PaymentOrder } from './order.ts';
import type { CancelOutcome, CloseOutcome, CloseTrigger, OrderNumbers, SyncOutcome } from './outcomes.ts';
import { syncOrder } from './sync-order.ts';
import { inTraceOf } from './trace-of.ts';

/**
 * What people and merchants do with an order they name, due or not. If the channel cannot decide it now, or another
 * operation is at the order, the wish is in the row and it goes on by itself. Each loads the order, does it, and lets
 * the timer follow the row.
 */

export async function closeByHand(
  deps: OrderDeps,
  numbers: OrderNumbers,
  trigger: CloseTrigger,
): Promise<CloseOutcome> {
  const order = await deps.store.findByNumbers(numbers);
  if (order === null) return { kind: 'not_found' };
  return inTraceOf(order, 'close by hand', () => closeFound(deps, order, trigger));
}

async function closeFound(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CloseOutcome> {
  const outcome = await closeOrder(deps, order, trigger);
  if (wasNotTouched(outcome) && !(await deps.store.wish(order.id, 'close', deps.clock.now()))) {
    const now = await deps.store.get(order.id);
    if (now.status !== 'progress') return closeOrder(deps, now, trigger);
  }
  if (outcome.kind !== 'ended') await followRow(deps, order.id);
  return outcome;
}

export async function cancelByHand(
  deps: OrderDeps,
  numbers: OrderNumbers,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  const order = await deps.store.findByNumbers(numbers);
  if (order === null) return { kind: 'not_found' };
  return inTraceOf(order, 'cancel by hand', () => cancelFound(deps, order, trigger));
}

async function cancelFound(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  const outcome = await cancelOrder(deps, order, trigger);
  if (wasNotTouched(outcome) && !(await deps.store.wish(order.id, 'cancel', deps.clock.now()))) {
    const now = await deps.store.get(order.id);
    if (now.status !== 'progress' && now.status !== 'success') {
      const ended = await cancelOrder(deps, now, trigger);
      await followRow(deps, order.id);
      return ended;
    }
  }
  if (outcome.kind !== 'ended') await followRow(deps, order.id);
  return outcome;
}

export async function syncByHand(
  deps: OrderDeps,
  numbers: OrderNumbers,
  trigger: CloseTrigger,
): Promise<SyncOutcome> {
  const order = await deps.store.findByNumbers(numbers);
  if (order === null) return { kind: 'not_found' };
  return inTraceOf(order, 'sync by hand', async () => {
    const outcome = await syncOrder(deps, order, trigger);
    if (outcome.kind === 'synced') await followRow(deps, order.id);
    return outcome;
  });
}

/** Then what was asked for is not in the row yet. */
function wasNotTouched(outcome: CloseOutcome | CancelOutcome): boolean {
  return outcome.kind === 'busy' || (outcome.kind === 'pending' && outcome.reason === 'channel_down');
}
