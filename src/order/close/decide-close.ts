import type { Channel, CloseResult, QueryResult } from '../../channel/channel.ts';
import { assertNever } from '../../platform/assert-never.ts';
import type { Evidence } from '../attempt/ask-channel.ts';
import { amountMismatch, type Retry, retry } from '../attempt/settle-retry.ts';
import type { ObservedPayment } from '../late-payment.ts';
import { asChannelOrder, isTracked, type PaymentOrder, type PendingReason } from '../order.ts';
import { readQuery } from '../payment/read-query.ts';

export type CloseDecision =
  /** Nobody can pay it anymore. With `watchUntil` it is a soft close, watched until then. */
  { kind: 'close'; watchUntil: Date | null } | { kind: 'paid'; payment: ObservedPayment } | Retry;

/** The channel traits that the decision depends on. */
type Traits = Pick<
  Channel,
  'showsUntouched' | 'closesSoftly' | 'unpayableFrom' | 'knowsByCreatedAt' | 'refundedIsInFull'
>;

/**
 * The decision table of a close: maps the channel's answers to what happens to the order. Pure.
 *
 * Only the last query decides (G1). "Closed" and "paid" are verified answers and decide alone. The answer to the close
 * itself only helps to interpret an inconclusive query. Anything uncertain is a retry.
 *
 * "Can no longer be paid" must hold by `now` and, if the answer states one, by the channel's own time: the channel
 * uses its own clock, and ours may have jumped ahead.
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

/** Ms since 1970: our clock, and the earlier of our clock and the channel's. */
interface Times {
  now: number;
  earlier: number;
}

function timesOf(now: Date, { statedAt }: QueryResult): Times {
  const ours = now.getTime();
  return { now: ours, earlier: Math.min(ours, statedAt?.getTime() ?? ours) };
}

/**
 * Retry when both clocks have reached `from`; the result is in our clock's time, which timers use. Answers state whole
 * seconds, cut off, so the next whole second is the first that a channel can state: a retry before it would find the same.
 */
function tooEarly(from: Date, { now, earlier }: Times): CloseDecision {
  const statedFrom = Math.ceil(from.getTime() / 1000) * 1000;
  return retry('too_early', new Date(now + statedFrom - earlier));
}

/** Unpaid, and the channel has no close: it ends the order itself when the order's time is up. */
function decideWithoutClose(channel: Traits, order: PaymentOrder, times: Times): CloseDecision {
  const from = channel.unpayableFrom(asChannelOrder(order));
  return times.earlier < from.getTime() ? tooEarly(from, times) : retry('not_confirmed');
}

/**
 * The channel does not know the number. Most channels do not sign this error reply, so it counts only if nothing
 * contradicts it:
 * - The close in the same attempt contradicts it if it found the order, or found a customer paying.
 * - A confirmed creation contradicts it at a channel that knows every order it created. A person must look.
 * - It proves nothing for an order that the shop created itself, at a channel that identifies orders by their second of
 *   creation as well: only the shop states that second, and with a wrong one even a paid order is "not found". A person
 *   must look.
 *
 * Otherwise it is final once the number can no longer be paid, even if its creation was still in flight. Before that,
 * it is a soft close where the channel allows one (a code that nobody has scanned), else undecided.
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

/** Why the order still shows as unpaid right after the close. */
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
