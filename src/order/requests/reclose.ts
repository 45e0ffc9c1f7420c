import type { OrderDeps } from '../deps.ts';
import type { OrderStatus, PaymentOrder } from '../order.ts';
import { inOrderTrace } from '../order-trace.ts';
import type { CloseTrigger } from '../outcomes.ts';

export type RecloseOutcome =
  | { kind: 'enqueued' }
  /** An attempt is running; if it ends undecided, the next one follows immediately. */
  | { kind: 'running' }
  /** The row is due, but the queue is unreachable: the sweep will find it. */
  | { kind: 'left_to_sweep' }
  | { kind: 'ended'; status: OrderStatus }
  | { kind: 'not_found' };

/**
 * Enqueues the close of an open order now (重新关单), even if its earlier timer completed, failed or vanished. An order
 * that is being cancelled stays so, and a watched order is queried. Closes nothing itself; a worker does. Throws only if
 * the database is unreachable.
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
