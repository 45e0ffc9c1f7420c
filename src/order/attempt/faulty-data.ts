import type { ChannelName } from '../../channel/channel.ts';
import { safeError } from '../../platform/log/safe-error.ts';
import { isPermanent, nameOfError } from '../../platform/mysql/permanent-error.ts';
import type { OrderDeps } from '../deps.ts';
import type { CloseTrigger, Pending } from '../outcomes.ts';
import { retryDelayMs } from './retry.ts';

/**
 * Runs `work` on an order. If it fails because of the order's data, and so would fail each time, the order becomes stuck
 * with the reason `faulty_data`: it alerts once and is retried slowly. Rethrows all other errors.
 */
export async function catchFaultyData<T>(
  deps: OrderDeps,
  order: { orderNo: string; channel?: ChannelName },
  trigger: CloseTrigger,
  work: () => Promise<T>,
): Promise<T | Pending> {
  try {
    return await work();
  } catch (error) {
    const put = await postponeFaulty(deps, order, trigger, error, { whereIdle: false });
    if (put === null) throw error;
    return put;
  }
}

/**
 * Marks the order as stuck and postpones it. Null: the error may be transient, or the order has nothing left to do.
 * Throws if the database is unreachable.
 */
export async function postponeFaulty(
  deps: OrderDeps,
  { orderNo, channel }: { orderNo: string; channel?: ChannelName },
  trigger: CloseTrigger,
  error: unknown,
  { whereIdle }: { whereIdle: boolean },
): Promise<Pending | null> {
  if (!isPermanent(error)) return null;
  const answer = `cannot be stored or read here: ${nameOfError(error)}`.slice(0, 200);
  const fault = { trigger, answer, now: deps.clock.now(), whereIdle };
  const put = await deps.store.postponeFaulty(orderNo, fault, (count) =>
    retryDelayMs('faulty_data', count, deps.random()),
  );
  if (put === null) return null;
  const fields = { orderNo, channel, err: safeError(error), reason: 'faulty_data', retryAt: put.at };
  deps.log[put.wasStuck ? 'warn' : 'error'](fields, 'order is stuck: its data cannot be stored or read');
  if (channel !== undefined) await deps.timer.set({ orderNo, channel }, put.at, trigger.kind);
  return { kind: 'pending', reason: 'faulty_data', answer, retryAt: put.at };
}
