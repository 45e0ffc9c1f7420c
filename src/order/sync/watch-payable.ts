import type { Channel, QueryResult } from '../../channel/channel.ts';
import { type Attempt, attemptLog, closeRecord } from '../attempt/attempt.ts';
import type { OrderDeps } from '../deps.ts';
import { asChannelOrder } from '../order.ts';

/**
 * Watches an ended order that its channel shows as unpaid, until nobody can pay it. A violation (G2), unless its time is over
 * by the channel's own clock: a channel that decides by both clocks shows it as unpaid again after ours has jumped back.
 * False: the lease is lost, or the order was paid meanwhile. Throws only if the database is unreachable.
 */
export async function watchPayable(
  deps: OrderDeps,
  channel: Channel,
  attempt: Attempt,
  { kind, answer, statedAt }: QueryResult,
): Promise<boolean> {
  const { leased, now } = attempt;
  const from = channel.unpayableFrom(asChannelOrder(leased));
  const isPayable = kind === 'user_paying' || (statedAt ?? now) < from;
  if (isPayable) attemptLog(deps, attempt).error({ answer }, 'closed order still payable at the channel');
  const record = closeRecord(attempt, isPayable ? 'payable' : 'not_confirmed', leased.status);
  return deps.store.watchAgain(leased, { watchUntil: leased.watchUntil ?? from, isPayable }, record);
}
