import type { Unavailable } from '../../channel/channel.ts';
import type { Work } from '../../channel/parts.ts';
import type { OrderDeps } from '../deps.ts';
import { asChannelOrder, type Ending, isDue, type PaymentOrder } from '../order.ts';
import type { Pending } from '../outcomes.ts';

/**
 * How soon an order is looked at again whose channel or account is not configured, ms: after as long as it has been
 * stuck, within these bounds, and spread by up to a fifth. So ten thousands of them do not keep others waiting.
 */
const NOT_CONFIGURED_MS = { least: 300_000, most: 3_600_000 };

/**
 * At most this share of the time for which an operation has been out of order is added before an order is looked at again
 * that needs it, and at most so many ms, spread: many of them do not come back at once, nor in the way of those that do not
 * need it; and one that has waited for seconds goes on within seconds.
 */
const PUT_OFF_SHARE = 1 / 2;
const MAX_PUT_OFF_MS = 900_000;

/** Why this work cannot be done for the order now: what it needs of the channel is out of order. Null: it can, or the channel is not configured. */
export function openBreaker({ channels }: OrderDeps, work: Work, order: PaymentOrder): Unavailable | null {
  return channels.get(order.channel)?.unavailable(work, order.method) ?? null;
}

/** What it takes to give the order's money back. */
export function refundWork({ channels }: OrderDeps, order: PaymentOrder): Work {
  if (channels.get(order.channel)?.undoesPayments(asChannelOrder(order)) === true) return 'undo';
  return order.status === 'refunding' ? 'refund' : 'cancel';
}

/** Whether this process can ask the order's channel, under the order's account. */
export function isConfigured({ channels }: OrderDeps, { channel, channelAccount }: PaymentOrder): boolean {
  return channels.get(channel)?.account === channelAccount;
}

/**
 * Asked before an attempt takes the order's lease. Null: the channel can be asked, go ahead. Else what to answer at
 * once; no attempt was made, none is spent, and no record is written.
 * - The channel is out of order (its breaker is open, or that of its query): the order stays due, its worker pauses.
 * - Only something else that this work needs is: the order, if it is due, is put off by itself, because others of its queue
 *   do not need it.
 * - The channel, or the order's account, is not configured: the order is put off by itself, because others of its
 *   queue may be fine. It is stuck, and a person is told once for all of that account's orders.
 *
 * Throws only when the database cannot be reached.
 */
export async function deferIfUnavailable(
  deps: OrderDeps,
  order: PaymentOrder,
  work: Work,
  /** What the order's timer is to bring about. */
  ending: Ending,
): Promise<Pending | null> {
  const channel = deps.channels.get(order.channel);
  if (channel !== undefined && channel.account === order.channelAccount) {
    const out = channel.admit(work, order.method);
    if (out === null) return null;
    const retryAt = out.isWhole ? out.until : postponedUntil(deps, out);
    if (!out.isWhole && isDue(order, deps.clock.now())) await deps.store.postponeDue(order, retryAt);
    return { kind: 'pending', reason: 'channel_down', answer: 'not asked: out of order', retryAt };
  }
  const answer = 'not asked: the channel is not configured for this account';
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

/** When an order is looked at again that needs what is out of order. */
export function postponedUntil({ random }: OrderDeps, { until, sinceMs }: Unavailable): Date {
  const spreadMs = Math.min(sinceMs * PUT_OFF_SHARE, MAX_PUT_OFF_MS);
  return new Date(until.getTime() + spreadMs * random());
}
