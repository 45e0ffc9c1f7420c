import { isConfigured } from '../attempt/availability.ts';
import { catchFaultyData } from '../attempt/faulty-data.ts';
import { cancelOrder } from '../cancel/cancel-order.ts';
import { closeOrder } from '../close/close-order.ts';
import type { OrderDeps } from '../deps.ts';
import type { PaymentOrder } from '../order.ts';
import { inOrderTrace } from '../order-trace.ts';
import type {
  CancelOutcome,
  CloseOutcome,
  CloseTrigger,
  NamedOrder,
  OrderNumbers,
  Pending,
  SyncOutcome,
} from '../outcomes.ts';
import { alignTimer } from '../schedule/align-timer.ts';
import { syncOrder } from '../sync/sync-order.ts';

/**
 * What people and merchants do with an order they name, due or not. If the channel cannot decide it now, or another
 * operation is at the order, the wish is in the row and it goes on by itself. Each loads the order, does it, and lets
 * the timer follow the row. A process that is not configured for the order's channel, as one that only serves is not for
 * an own channel, leaves it to a worker: to put the order off, or to say that it is stuck, is the worker's to decide.
 */

export async function requestClose(
  deps: OrderDeps,
  numbers: OrderNumbers,
  trigger: CloseTrigger,
): Promise<CloseOutcome> {
  const named = await deps.store.findNamed(numbers);
  if (named === null) return { kind: 'not_found' };
  const { order } = named;
  return inOrderTrace(order, 'close by hand', () => {
    const noted = withNote(deps, named, trigger);
    return catchFaultyData(deps, order, noted, () => closeFound(deps, order, noted));
  });
}

async function closeFound(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CloseOutcome> {
  if (order.status === 'progress' && !isConfigured(deps, order)) {
    const left = await handToWorker(deps, order, 'close', trigger);
    return left ?? closeFound(deps, await deps.store.get(order.id), trigger);
  }
  const outcome = await closeOrder(deps, order, trigger);
  if (wasNotTouched(outcome) && !(await deps.store.recordRequest(order.id, 'close', deps.clock.now()))) {
    const now = await deps.store.get(order.id);
    if (now.status !== 'progress') return closeOrder(deps, now, trigger);
  }
  if (outcome.kind !== 'ended') await alignTimer(deps, order.id);
  return outcome;
}

export async function requestCancel(
  deps: OrderDeps,
  numbers: OrderNumbers,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  const named = await deps.store.findNamed(numbers);
  if (named === null) return { kind: 'not_found' };
  const { order, contradiction } = named;
  if (contradiction !== null) {
    withNote(deps, named, trigger);
    return { kind: 'contradiction', detail: contradiction };
  }
  return inOrderTrace(order, 'cancel by hand', () =>
    catchFaultyData(deps, order, trigger, () => cancelFound(deps, order, trigger)),
  );
}

async function cancelFound(
  deps: OrderDeps,
  order: PaymentOrder,
  trigger: CloseTrigger,
): Promise<CancelOutcome> {
  if ((order.status === 'progress' || order.status === 'success') && !isConfigured(deps, order)) {
    const left = await handToWorker(deps, order, 'cancel', trigger);
    return left ?? cancelFound(deps, await deps.store.get(order.id), trigger);
  }
  const outcome = await cancelOrder(deps, order, trigger);
  if (wasNotTouched(outcome) && !(await deps.store.recordRequest(order.id, 'cancel', deps.clock.now()))) {
    const now = await deps.store.get(order.id);
    if (now.status !== 'progress' && now.status !== 'success') {
      const ended = await cancelOrder(deps, now, trigger);
      await alignTimer(deps, order.id);
      return ended;
    }
  }
  if (outcome.kind !== 'ended') await alignTimer(deps, order.id);
  return outcome;
}

export async function requestSync(
  deps: OrderDeps,
  numbers: OrderNumbers,
  trigger: CloseTrigger,
): Promise<SyncOutcome> {
  const named = await deps.store.findNamed(numbers);
  if (named === null) return { kind: 'not_found' };
  const { order } = named;
  return inOrderTrace(order, 'sync by hand', async () => {
    const noted = withNote(deps, named, trigger);
    const outcome = await catchFaultyData(deps, order, noted, () => syncOrder(deps, order, noted));
    if (outcome.kind === 'pending')
      return { kind: 'unreachable', reason: 'faulty_data', answer: outcome.answer };
    if (outcome.kind === 'synced') await alignTimer(deps, order.id);
    return outcome;
  });
}

/** Where the numbers contradict each other: a warning in the log, and a note for the close record. */
function withNote(
  { log }: OrderDeps,
  { order: { orderNo, channel }, contradiction }: NamedOrder,
  trigger: CloseTrigger,
): CloseTrigger {
  if (contradiction === null) return trigger;
  log.warn({ orderNo, channel, contradiction }, 'order numbers in the request contradict each other');
  return { ...trigger, note: `numbers: ${contradiction}` };
}

/** The wish is in the row, and the timer set, in the name of who asked. Null: it has ended meanwhile. */
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
  return { kind: 'pending', reason: 'left_to_worker', answer: 'not asked: left to the worker', retryAt };
}

/** Then what was asked for is not in the row yet. */
function wasNotTouched(outcome: CloseOutcome | CancelOutcome): boolean {
  return outcome.kind === 'busy' || (outcome.kind === 'pending' && outcome.reason === 'channel_down');
}
