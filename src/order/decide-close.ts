import type { Channel, ChannelPayment, CloseResult } from '../channel/channel.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { Evidence } from './ask-channel.ts';
import { asChannelOrder, type PaymentOrder, type PendingReason } from './order.ts';

export type CloseDecision =
  /** Nobody can pay it any more; or a soft close, to be watched until `watchUntil`. */
  | { kind: 'close'; watchUntil: Date | null }
  | { kind: 'paid'; payment: ChannelPayment; refunded: boolean }
  /** Not decided. `notBefore` where the moment is known. */
  | { kind: 'retry'; reason: PendingReason; notBefore: Date | null };

const retry = (reason: PendingReason, notBefore: Date | null = null): CloseDecision => ({
  kind: 'retry',
  reason,
  notBefore,
});

/**
 * The decision table of a close: from what the channel said to what happens to the order. Pure.
 *
 * Only the channel's last verified query decides (G1); the close's own answer merely says how to read a query
 * that still shows the order unpaid. Whatever is not certain is a retry.
 */
export function decideClose(
  channel: Pick<Channel, 'softClose' | 'unpayableFrom'>,
  order: PaymentOrder,
  { queryBefore, close, queryAfter }: Evidence,
  now: Date,
): CloseDecision {
  if (queryAfter === null && close?.kind === 'misconfigured') return retry('misconfigured');
  const query = queryAfter ?? queryBefore;
  if (query === null) return retry('unreachable');

  switch (query.kind) {
    case 'paid':
    case 'refunded': {
      if (query.payment.amountFen !== order.amountFen) return retry('mismatch');
      return { kind: 'paid', payment: query.payment, refunded: query.kind === 'refunded' };
    }
    case 'closed':
      return { kind: 'close', watchUntil: null };
    case 'not_found':
      return decideUnknownNumber(channel, order, now);
    case 'unpaid':
      return retry(close === null ? 'unreachable' : unpaidAfter(close));
    case 'user_paying':
    case 'rate_limited':
    case 'misconfigured':
    case 'mismatch':
      return retry(query.kind);
    case 'unknown':
      return retry('unreachable');
    default:
      return assertNever(query);
  }
}

/**
 * The channel does not know the number. Final once it can no longer be paid, whatever became of its creation.
 * Before that it is either a soft close (a code that nobody has scanned), or undecided.
 */
function decideUnknownNumber(
  channel: Pick<Channel, 'softClose' | 'unpayableFrom'>,
  order: PaymentOrder,
  now: Date,
): CloseDecision {
  const from = channel.unpayableFrom(asChannelOrder(order));
  if (now.getTime() >= from.getTime()) return { kind: 'close', watchUntil: null };
  if (channel.softClose) return { kind: 'close', watchUntil: from };
  return retry('too_early', from);
}

/** Why an order that was just asked to close still shows as unpaid. */
function unpaidAfter(close: CloseResult): PendingReason {
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
