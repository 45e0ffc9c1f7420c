import type { QueryResult } from '../../channel/channel.ts';
import { type Attempt, attemptLog, closeRecord } from '../attempt/attempt.ts';
import type { OrderDeps } from '../deps.ts';
import { asChannelOrder, isClosedOrCancelled, type PaymentOrder } from '../order.ts';

/**
 * Handles a creation that took effect, or may have, after the order ended: the process stalled before the call, or the
 * call was slow, and the order was closed meanwhile. An ended order is watched now and closed again at the channel, instead
 * of a day later (G2). An open order is unchanged, but an attempt that is about to end it must query again. A paid order is
 * unchanged, and so is one that its channel shows as closed. Throws only if the database is unreachable.
 */
export async function watchLateCreation(
  deps: OrderDeps,
  order: PaymentOrder,
  /** `exists`: the channel confirmed the creation; otherwise its answer was lost. */
  { exists, answer }: { exists: boolean; answer: string },
): Promise<void> {
  const channel = deps.channels.get(order.channel);
  if (channel === undefined) return;
  let isPayable = false;
  if (exists && isClosedOrCancelled(await deps.store.get(order.id))) {
    const { kind } = await channel.query(asChannelOrder(order));
    if (kind === 'closed') return;
    isPayable = couldBePaid[kind];
  }
  const now = deps.clock.now();
  // A running attempt has queried before this creation: make it query again.
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

/** Whether an order that its channel has created is payable. A code that nobody has scanned is "not found". */
const couldBePaid = {
  unpaid: true,
  user_paying: true,
  not_found: true,
  paid: true,
  refunded: true,
  closed: false,
  // Nothing was learned: watched, but no violation.
  unknown: false,
  rate_limited: false,
  misconfigured: false,
  mismatch: false,
} satisfies Record<QueryResult['kind'], boolean>;
