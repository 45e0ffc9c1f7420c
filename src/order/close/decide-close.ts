import type { Channel, CloseResult, QueryResult } from '../../channel/channel.ts';
import { assertNever } from '../../platform/assert-never.ts';
import type { Evidence } from '../attempt/ask-channel.ts';
import { amountMismatch, type Retry, retry } from '../attempt/settle-retry.ts';
import type { ObservedPayment } from '../late-payment.ts';
import { asChannelOrder, isTracked, type PaymentOrder, type PendingReason } from '../order.ts';
import { readQuery } from '../payment/read-query.ts';

export type CloseDecision =
  /** Nobody can pay it any more; or a soft close, to be watched until `watchUntil`. */
  { kind: 'close'; watchUntil: Date | null } | { kind: 'paid'; payment: ObservedPayment } | Retry;

/** What the table has to know of a channel. */
type Traits = Pick<
  Channel,
  'showsUntouched' | 'closesSoftly' | 'unpayableFrom' | 'knowsByCreatedAt' | 'refundedIsInFull'
>;

/**
 * The decision table of a close: from what the channel said to what happens to the order. Pure.
 *
 * Only the channel's last query decides (G1), and of its answers only "closed" and "paid" are verified words that
 * decide alone; the close's own answer merely says how to read a query that decides nothing. Whatever is not certain
 * is a retry.
 *
 * "Can no longer be paid" must be true by `now` and by the channel's own time, where its answer states one: the channel
 * goes by its own clock, and ours may have jumped ahead.
 */
export function decideClose(
  channel: Traits,
  order: PaymentOrder,
  { queryBefore, close, queryAfter }: Evidence,
  now: Date,
): CloseDecision {
  if (queryAfter === null && close?.kind === 'misconfigured') return retry('misconfigured');
  const query = queryAfter ?? queryBefore;
  if (query === null) return retry('unreachable');

  const reading = readQuery(channel, order, query);
  switch (reading.kind) {
    case 'paid':
      return reading;
    case 'amount_mismatch':
      return amountMismatch(reading.paidFen);
    case 'closed':
      return { kind: 'close', watchUntil: null };
    case 'not_found':
      return decideUnknownNumber(channel, order, close, timesOf(now, query));
    case 'unpaid':
      if (close?.kind === 'unsupported') return decideWithoutClose(channel, order, timesOf(now, query));
      return retry(close === null ? 'unreachable' : unpaidAfter(close));
    case 'user_paying':
      return retry('user_paying');
    case 'unclear':
      return retry(reading.reason);
    default:
      return assertNever(reading);
  }
}

/** Ms since 1970 by our clock, and by the earlier of ours and the channel's own. */
interface Times {
  now: number;
  earlier: number;
}

function timesOf(now: Date, { statedAt }: QueryResult): Times {
  const ours = now.getTime();
  return { now: ours, earlier: Math.min(ours, statedAt?.getTime() ?? ours) };
}

/** Not before `from` by either clock. The wait is over on our clock, on which timers are. */
function tooEarly(from: Date, { now, earlier }: Times): CloseDecision {
  return retry('too_early', new Date(now + from.getTime() - earlier));
}

/** Unpaid, and no close can be asked for: the channel itself ends the order, when its time is over there. */
function decideWithoutClose(channel: Traits, order: PaymentOrder, times: Times): CloseDecision {
  const from = channel.unpayableFrom(asChannelOrder(order));
  return times.earlier < from.getTime() ? tooEarly(from, times) : retry('not_confirmed');
}

/**
 * The channel does not know the number. That answer is an error reply, which most channels do not sign, so it counts
 * only where nothing speaks against it:
 * - a close in the same attempt that met the order, or somebody paying it, contradicts it;
 * - so does a confirmed creation, where the channel knows every order it has created: a person must look;
 * - it proves nothing about an order of the shop's own making at a channel that also goes by the second of its creation:
 *   that second is the shop's word alone, and with a wrong one a paid order is "not found" too. A person must look.
 * Otherwise it is final once the number can no longer be paid, whatever became of its creation. Before that it is
 * either a soft close (a code that nobody has scanned, where that may be done), or undecided.
 */
function decideUnknownNumber(
  channel: Traits,
  order: PaymentOrder,
  close: CloseResult | null,
  times: Times,
): CloseDecision {
  if (close !== null && contradictsNotFound[close.kind]) return retry('not_confirmed');
  const asked = asChannelOrder(order);
  if (order.payBody !== null && channel.showsUntouched(asked)) return retry('not_confirmed');
  const from = channel.unpayableFrom(asked);
  const provesNothing = isTracked(order) && channel.knowsByCreatedAt === true;
  if (times.earlier >= from.getTime())
    return provesNothing ? retry('not_confirmed') : { kind: 'close', watchUntil: null };
  if (!provesNothing && channel.closesSoftly(asked)) return { kind: 'close', watchUntil: from };
  return tooEarly(from, times);
}

const contradictsNotFound = {
  already_closed: true,
  conflict: true,
  user_paying: true,
  rate_limited: true,
  // WeChat accepts a close of any number.
  accepted: false,
  not_found: false,
  unsupported: false,
  unknown: false,
  misconfigured: false,
} satisfies Record<CloseResult['kind'], boolean>;

/** Why an order that was just asked to close still shows as unpaid. */
function unpaidAfter(close: Exclude<CloseResult, { kind: 'unsupported' }>): PendingReason {
  switch (close.kind) {
    case 'accepted':
    case 'already_closed':
    case 'conflict':
    case 'not_found':
      return 'not_confirmed';
    case 'unknown':
      return 'unreachable';
    case 'user_paying':
    case 'rate_limited':
    case 'misconfigured':
      return close.kind;
    default:
      return assertNever(close);
  }
}
