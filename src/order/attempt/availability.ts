import type { GuardedChannel, Unavailable } from '../../channel/channel.ts';
import type { Work } from '../../channel/parts.ts';
import type { OrderDeps } from '../deps.ts';
import { asChannelOrder, type Ending, isDue, type PaymentOrder } from '../order.ts';
import type { Pending } from '../outcomes.ts';

/**
 * Bounds of the wait, ms, for an order whose channel or account is not configured. It waits as long as it has been stuck,
 * plus up to a fifth of jitter, so that ten thousand such orders do not delay others.
 */
const NOT_CONFIGURED_MS = { least: 300_000, most: 3_600_000 };

/**
 * Jitter for orders that wait for an operation whose circuit breaker is open: up to this share of the time it has been
 * open, and at most so many ms. They do not all return at once, nor ahead of orders that do not need the operation; after
 * an outage of seconds they continue within seconds.
 */
const PUT_OFF_SHARE = 1 / 2;
const MAX_PUT_OFF_MS = 900_000;

/** The open circuit breaker that blocks this work on the order. Null: none, or the channel is not configured. */
export function openBreaker({ channels }: OrderDeps, work: Work, order: PaymentOrder): Unavailable | null {
  return channels.get(order.channel)?.unavailable(work, order.method) ?? null;
}

/** The channel operation that returns the order's money. */
export function refundWork({ channels }: OrderDeps, order: PaymentOrder): Work {
  if (channels.get(order.channel)?.voidsPayments(asChannelOrder(order)) === true) return 'void';
  return order.status === 'refunding' ? 'refund' : 'cancel';
}

/** The order's channel; null if this process does not have it, or has it under another account. */
export function configuredChannel(
  { channels }: OrderDeps,
  order: Pick<PaymentOrder, 'channel' | 'channelAccount'>,
): GuardedChannel | null {
  const channel = channels.get(order.channel);
  return channel?.account === order.channelAccount ? (channel ?? null) : null;
}

/**
 * Checks, before an attempt takes the order's lease, whether the channel can be called. Null: go ahead. Otherwise returns
 * the outcome; no attempt is made or counted, and no record is written.
 * - The circuit breaker of the whole channel or of its query is open: the order stays due, and its worker pauses.
 * - Only the breaker of another operation that this work needs is open: a due order is postponed by itself, because others
 *   in its queue do not need that operation.
 * - The channel or the order's account is not configured: the order becomes stuck and is postponed by itself, because
 *   others in its queue may be fine. Alerts once for all orders of that account.
 *
 * Throws only if the database is unreachable.
 */
export async function deferIfUnavailable(
  deps: OrderDeps,
  order: PaymentOrder,
  work: Work,
  /** What the order's timer does next. */
  ending: Ending,
): Promise<Pending | null> {
  const channel = configuredChannel(deps, order);
  if (channel !== null) {
    const out = channel.admit(work, order.method);
    if (out === null) return null;
    const retryAt = out.isWhole ? out.until : postponedUntil(deps, out);
    if (!out.isWhole && isDue(order, deps.clock.now())) await deps.store.postponeDue(order, retryAt);
    return { kind: 'pending', reason: 'channel_down', answer: 'not called: circuit breaker open', retryAt };
  }
  const answer = 'not called: the channel is not configured for this account';
  const now = deps.clock.now();
  const stuckMs = now.getTime() - (order.stuckAt ?? now).getTime();
  const waitMs = Math.min(Math.max(stuckMs, NOT_CONFIGURED_MS.least), NOT_CONFIGURED_MS.most);
  const retryAt = new Date(now.getTime() + waitMs * (1 + deps.random() / 5));
  await deps.store.postponeUnconfigured(order, { at: retryAt, ending, now });
  const level = deps.shouldAlert(`misconfigured ${order.channel} ${order.channelAccount}`)
    ? 'error'
    : 'debug';
  const { orderNo, channel: name, channelAccount } = order;
  const fields = { orderNo, channel: name, channelAccount, reason: 'misconfigured', retryAt, answer };
  deps.log[level](fields, 'order not closed yet');
  return { kind: 'pending', reason: 'misconfigured', answer, retryAt };
}

/** When to retry an order that needs an operation whose circuit breaker is open. */
export function postponedUntil({ random }: OrderDeps, { until, sinceMs }: Unavailable): Date {
  const spreadMs = Math.min(sinceMs * PUT_OFF_SHARE, MAX_PUT_OFF_MS);
  return new Date(until.getTime() + spreadMs * random());
}
