import type { QueryResult } from '../../channel/channel.ts';
import { type Attempt, attemptLog, closeRecord } from '../attempt/attempt.ts';
import type { OrderDeps } from '../deps.ts';
import { asChannelOrder, isEndedUnpaid, type PaymentOrder } from '../order.ts';

/**
 * The channel has answered a creation, or may have taken it, when the order may have ended meanwhile: a process stood still
 * between the row and the call, or the call took long, and somebody closed the order. If it has ended, it is watched at
 * once and closed again at the channel, instead of being looked at a day later (G2). Nothing happens to an order that is
 * open (but that an attempt which is about to end it asks again) or paid, nor to one that its channel has created and closed by now: whoever ended it has met it there. Throws only
 * when the database cannot be reached.
 */
export async function watchLateCreation(
  deps: OrderDeps,
  order: PaymentOrder,
  /** `exists`: the channel has said so; else its answer was lost. */
  { exists, answer }: { exists: boolean; answer: string },
): Promise<void> {
  const channel = deps.channels.get(order.channel);
  if (channel === undefined) return;
  let isPayable = false;
  if (exists && isEndedUnpaid(await deps.store.get(order.id))) {
    const { kind } = await channel.query(asChannelOrder(order));
    if (kind === 'closed') return;
    isPayable = couldBePaid[kind];
  }
  const now = deps.clock.now();
  // An attempt under way that ends the order has asked before this: it has to ask again.
  if (!exists) await deps.store.recordLateCreation(order.id, now);
  const watchUntil = channel.unpayableFrom({ ...asChannelOrder(order), createAttemptedAt: now });
  const trigger = { kind: 'api', actor: null, clientIp: order.clientIp } as const;
  const answers = [{ call: 'query', answer }] as const;
  const attempt: Attempt = { type: 'watch', leased: order, trigger, answers, now };
  const record = closeRecord(attempt, isPayable ? 'payable' : 'unreachable', order.status);
  if (!(await deps.store.watchLateCreation(order, { watchUntil, isPayable }, record))) return;
  if (isPayable) attemptLog(deps, attempt).error({ answer }, 'closed order still payable at the channel');
  else attemptLog(deps, attempt).warn({ answer, watchUntil }, 'order ended during creation; watching it');
  await deps.timer.set(order, now, 'timeout');
}

/** Whether an order that its channel has created could be paid. A code that nobody has scanned is not found. */
const couldBePaid = {
  unpaid: true,
  user_paying: true,
  not_found: true,
  paid: true,
  refunded: true,
  closed: false,
  // Nothing was learned: it is watched, and no violation.
  unknown: false,
  rate_limited: false,
  misconfigured: false,
  mismatch: false,
} satisfies Record<QueryResult['kind'], boolean>;
