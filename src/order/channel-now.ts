import type { OrderDeps } from './deps.ts';
import type { Ending, PaymentOrder } from './order.ts';
import type { Pending } from './outcomes.ts';

/**
 * How soon an order is looked at again whose channel or account is not configured, ms: after as long as it has been
 * stuck, within these bounds, and spread by up to a fifth. So ten thousands of them do not keep others waiting.
 */
const NOT_CONFIGURED_MS = { least: 300_000, most: 3_600_000 };

/** Until when this order's channel is out of order; null while it works, or is not configured. */
export function outOfOrderUntil({ channels }: OrderDeps, { channel }: PaymentOrder): Date | null {
  return channels.get(channel)?.unavailableUntil() ?? null;
}

/** Whether this process can ask the order's channel, under the order's account. */
export function isConfigured({ channels }: OrderDeps, { channel, channelAccount }: PaymentOrder): boolean {
  return channels.get(channel)?.account === channelAccount;
}

/**
 * Asked before an attempt takes the order's lease. Null: the channel can be asked, go ahead. Else what to answer at
 * once; no attempt was made, none is spent, and no record is written.
 * - The channel is out of order (its breaker is open): the order stays due, its worker pauses.
 * - The channel, or the order's account, is not configured: the order is put off by itself, because others of its
 *   queue may be fine. It is stuck, and a person is told once for all of that account's orders.
 *
 * Throws only when the database cannot be reached.
 */
export async function notNow(
  deps: OrderDeps,
  order: PaymentOrder,
  /** What the order's timer is to bring about. */
  ending: Ending,
): Promise<Pending | null> {
  const channel = deps.channels.get(order.channel);
  if (channel !== undefined && channel.account === order.channelAccount) {
    const until = channel.admit();
    if (until === null) return null;
    return { kind: 'pending', reason: 'channel_down', answer: 'not asked: out of order', retryAt: until };
  }
  const answer = 'not asked: the channel is not configured for this account';
  const now = deps.clock.now();
  const stuckMs = now.getTime() - (order.stuckAt ?? now).getTime();
  const waitMs = Math.min(Math.max(stuckMs, NOT_CONFIGURED_MS.least), NOT_CONFIGURED_MS.most);
  const retryAt = new Date(now.getTime() + waitMs * (1 + deps.random() / 5));
  await deps.store.postponeUnasked(order, { at: retryAt, ending, now });
  const level = deps.tellOnce(`misconfigured ${order.channel} ${order.channelAccount}`) ? 'error' : 'debug';
  const { orderNo, channel: name, channelAccount } = order;
  const fields = { orderNo, channel: name, channelAccount, reason: 'misconfigured', retryAt, answer };
  deps.log[level](fields, 'order not closed yet');
  return { kind: 'pending', reason: 'misconfigured', answer, retryAt };
}
