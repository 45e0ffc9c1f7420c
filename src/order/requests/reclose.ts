import type { OrderDeps } from '../deps.ts';
import type { OrderStatus, PaymentOrder } from '../order.ts';
import { inOrderTrace } from '../order-trace.ts';
import type { CloseTrigger } from '../outcomes.ts';

export type RecloseOutcome =
  | { kind: 'enqueued' }
  /** An attempt is running; when it ends undecided, the next follows at once. */
  | { kind: 'running' }
  /** The order is due in its row, but the queue is away: the sweep will find it. */
  | { kind: 'left_to_sweep' }
  | { kind: 'ended'; status: OrderStatus }
  | { kind: 'not_found' };

/**
 * Enqueues a close of an open order now (重新关单), whatever became of its earlier timer: completed, failed for
 * good or vanished. What is being cancelled goes on being cancelled, and what is watched is looked at. Does not
 * close by itself; a worker does.
 */
export async function reclose(
  deps: OrderDeps,
  orderNo: string,
  trigger: CloseTrigger,
): Promise<RecloseOutcome> {
  const order = await deps.store.find(orderNo);
  if (order === null) return { kind: 'not_found' };
  return inOrderTrace(order, 're-close', () => enqueue(deps, order, trigger));
}

async function enqueue(
  deps: OrderDeps,
  order: PaymentOrder,
  { kind, actor }: CloseTrigger,
): Promise<RecloseOutcome> {
  const now = deps.clock.now();
  const isDue = (await deps.store.makeDue(order.id, now)) || (await deps.store.restart(order.id, now));
  if (!isDue) {
    const { status } = await deps.store.get(order.id);
    return { kind: 'ended', status };
  }
  const state = await deps.timer.set(order, now, kind, actor);
  deps.log.info({ orderNo: order.orderNo, channel: order.channel, actor, state }, 're-close enqueued');
  if (state === 'live') return { kind: 'running' };
  return { kind: state === 'set' ? 'enqueued' : 'left_to_sweep' };
}
