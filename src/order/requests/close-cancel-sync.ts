import { configuredChannel } from '../attempt/availability.ts';
import { catchFaultyData } from '../attempt/faulty-data.ts';
import { cancelOrder } from '../cancel/cancel-order.ts';
import { closeOrder } from '../close/close-order.ts';
import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';
import { inOrderTrace } from '../order-trace.ts';
import {
  type CancelOutcome,
  type CloseOutcome,
  type CloseTrigger,
  type NamedOrder,
  type OrderNumbers,
  orderOf,
  type Pending,
  type SyncOutcome,
} from '../outcomes.ts';
import { alignTimer } from '../schedule/align-timer.ts';
import { syncOrder } from '../sync/sync-order.ts';

/**
 * Requests by people and merchants for one order, due or not. Each loads the order, runs the operation, and aligns the
 * timer with the row. If the channel cannot decide now, or another operation holds the lease, the request is recorded in
 * the row and retried automatically. A process without the order's channel, such as an API process for a custom channel,
 * hands the order to a worker, which alone may postpone it or mark it stuck.
 */

export async function requestClose(
  deps: OrderDeps,
  numbers: OrderNumbers,
  trigger: CloseTrigger,
): Promise<CloseOutcome> {
  const named = await deps.store.findNamedToChange(numbers);
  if (named === null) return { kind: 'not_found' };
  const { order } = named;
  return inOrderTrace(order, 'close request', () => {
    const noted = withNote(deps, named, trigger);
    return catchFaultyData(deps, order, noted, () => closeFound(deps, order, noted));
  });
}

async function closeFound(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CloseOutcome> {
  if (order.status === 'progress' && configuredChannel(deps, order) === null) {
    const left = await handToWorker(deps, order, 'close', trigger);
    return left ?? closeFound(deps, await deps.store.get(order.id), trigger);
  }
  const outcome = await closeOrder(deps, order, trigger);
  if (wasNotTouched(outcome) && !(await deps.store.recordRequest(order.id, 'close', deps.clock.now()))) {
    const now = await deps.store.get(order.id);
    if (now.status !== 'progress') return closeOrder(deps, now, trigger);
  }
  if (outcome.kind !== 'ended') await alignTimer(deps, order.id, orderOf(outcome));
  return outcome;
}

export async function requestCancel(
  deps: OrderDeps,
  numbers: OrderNumbers,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  const named = await deps.store.findNamedToChange(numbers);
  if (named === null) return { kind: 'not_found' };
  const { order, contradiction } = named;
  if (contradiction !== null) {
    withNote(deps, named, trigger);
    return { kind: 'contradiction', detail: contradiction };
  }
  return inOrderTrace(order, 'cancel request', () =>
    catchFaultyData(deps, order, trigger, () => cancelFound(deps, order, trigger)),
  );
}

async function cancelFound(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  if (
    (order.status === 'progress' || order.status === 'success') &&
    configuredChannel(deps, order) === null
  ) {
    const left = await handToWorker(deps, order, 'cancel', trigger);
    return left ?? cancelFound(deps, await deps.store.get(order.id), trigger);
  }
  const outcome = await cancelOrder(deps, order, trigger);
  if (wasNotTouched(outcome) && !(await deps.store.recordRequest(order.id, 'cancel', deps.clock.now()))) {
    const now = await deps.store.get(order.id);
    if (now.status !== 'progress' && now.status !== 'success') {
      const ended = await cancelOrder(deps, now, trigger);
      await alignTimer(deps, order.id, orderOf(ended));
      return ended;
    }
  }
  if (outcome.kind !== 'ended') await alignTimer(deps, order.id, orderOf(outcome));
  return outcome;
}

export async function requestSync(
  deps: OrderDeps,
  numbers: OrderNumbers,
  trigger: CloseTrigger,
): Promise<SyncOutcome> {
  const named = await deps.store.findNamedToChange(numbers);
  if (named === null) return { kind: 'not_found' };
  const { order } = named;
  return inOrderTrace(order, 'sync request', async () => {
    const noted = withNote(deps, named, trigger);
    const outcome = await catchFaultyData(deps, order, noted, () => syncOrder(deps, order, noted));
    if (outcome.kind === 'pending')
      return { kind: 'unreachable', reason: 'faulty_data', answer: outcome.answer };
    if (outcome.kind === 'synced') await alignTimer(deps, order.id, outcome.order);
    return outcome;
  });
}

/** If the numbers contradict each other: logs a warning, and adds a note for the close record. */
function withNote(
  { log }: OrderDeps,
  { order: { orderNo, channel }, contradiction }: NamedOrder,
  trigger: CloseTrigger,
): CloseTrigger {
  if (contradiction === null) return trigger;
  log.warn({ orderNo, channel, contradiction }, 'order numbers in the request contradict each other');
  return { ...trigger, note: `numbers: ${contradiction}` };
}

/** Records the request in the row and sets the timer, with the requester as actor. Null: the order has ended meanwhile. */
async function handToWorker(
  deps: OrderDeps,
  order: PaymentOrder,
  ending: 'close' | 'cancel',
  { kind, actor }: CloseTrigger,
): Promise<Pending | null> {
  const now = deps.clock.now();
  if (!(await deps.store.recordRequestForWorker(order.id, ending, now))) return null;
  const { nextCloseAt } = await deps.store.get(order.id);
  const retryAt = nextCloseAt ?? now;
  await deps.timer.set(order, retryAt, kind, actor);
  deps.log.info({ orderNo: order.orderNo, channel: order.channel, ending, actor }, 'handed to a worker');
  return { kind: 'pending', reason: 'left_to_worker', answer: 'not called: handed to a worker', retryAt };
}

/** True if the request is not in the row yet. */
function wasNotTouched(outcome: CloseOutcome | CancelOutcome): boolean {
  return outcome.kind === 'busy' || (outcome.kind === 'pending' && outcome.reason === 'channel_down');
}
