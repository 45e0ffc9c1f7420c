import type { Channel, CreateResult } from '../channel/channel.ts';
import { assertNever } from '../platform/assert-never.ts';
import type { OrderDeps } from './deps.ts';
import { asChannelOrder, type PaymentOrder } from './order.ts';
import { newOrderNo } from './order-no.ts';
import type { CreateOrder, CreateOutcome } from './outcomes.ts';

/** No channel keeps an order open for longer; WeChat closes by itself after 7 days. */
const MAX_EXPIRES_IN_MS = 7 * 24 * 3_600_000;

/**
 * Creates a payment order (支付订单) and its timer.
 *
 * The row, with the time it must be closed at, is written before the channel is called. So whatever happens
 * after that, the channel's answer getting lost or this process dying at any instruction, the order is in the
 * database with its timer and will be closed at the channel; and nothing can be paid that is not in the database.
 * The queue may be away: the row is the timer.
 *
 * The same `bizOrderNo` again returns its order while that is payable, and creates it at the channel if that
 * has not succeeded yet; the first call's expiry stands. Throws only when the database cannot be reached.
 */
export async function createOrder(deps: OrderDeps, wish: CreateOrder): Promise<CreateOutcome> {
  const channel = deps.channels.get(wish.channel);
  if (channel === undefined) return { kind: 'channel_not_enabled' };
  if (!channel.methods.includes(wish.method)) return { kind: 'method_not_enabled' };

  const now = deps.clock.now();
  const expiresAt = wholeSecond(wish.expiresAt ?? new Date(now.getTime() + deps.expiresInMs));
  const expiresInMs = expiresAt.getTime() - now.getTime();
  if (expiresInMs <= 0) return { kind: 'expiry_invalid', message: 'expiredTime has passed' };
  if (expiresInMs > MAX_EXPIRES_IN_MS)
    return { kind: 'expiry_invalid', message: 'expiredTime is over 7 days away' };

  const inserted = await deps.store.insert({
    ...wish,
    orderNo: newOrderNo(now),
    channelAccount: channel.account,
    status: 'progress',
    createdAt: now,
    createAttemptedAt: now,
    expiresAt,
    nextCloseAt: new Date(expiresAt.getTime() + deps.closeGraceMs),
  });
  const order = await deps.store.findByBizOrderNo(wish.bizOrderNo);
  if (order === null) throw new Error('an order that was just inserted is not there');
  if (inserted === 'duplicate') return createAgain(deps, channel, order, wish);
  return createAtChannel(deps, channel, order);
}

/** `bizOrderNo` has an order already. */
async function createAgain(
  deps: OrderDeps,
  channel: Channel,
  order: PaymentOrder,
  wish: CreateOrder,
): Promise<CreateOutcome> {
  if (order.status !== 'progress') return { kind: 'ended', order };
  if (order.amountFen !== wish.amountFen) return { kind: 'conflict', field: 'amount' };
  if (order.channel !== wish.channel) return { kind: 'conflict', field: 'channel' };
  if (order.method !== wish.method) return { kind: 'conflict', field: 'method' };

  const now = deps.clock.now();
  if (order.expiresAt.getTime() <= now.getTime()) return { kind: 'ended', order };
  if (order.payBody !== null) return { kind: 'existing', order };
  if (channel.account !== order.channelAccount) return { kind: 'misconfigured' };
  if (!(await deps.store.beginCreateAttempt(order.id, now))) return { kind: 'unreachable' };
  return createAtChannel(deps, channel, { ...order, createAttemptedAt: now });
}

async function createAtChannel(
  deps: OrderDeps,
  channel: Channel,
  order: PaymentOrder,
): Promise<CreateOutcome> {
  const [result] = await Promise.all([
    channel.create(asChannelOrder(order)),
    deps.timer.set(order, order.nextCloseAt ?? order.expiresAt, 'timeout'),
  ]);
  const log = deps.log.child({ orderNo: order.orderNo, channel: order.channel });
  if (result.kind === 'created') {
    const { payBody } = result;
    const confirmed = await deps.store.confirmCreation(order.id, payBody);
    if (!confirmed) return { kind: 'ended', order: await deps.store.get(order.id) };
    log.info({ bizOrderNo: order.bizOrderNo, expiresAt: order.expiresAt }, 'order created');
    return { kind: 'created', order: { ...order, payBody } };
  }
  await deps.store.noteCreateError(order.id, result.answer);
  const level = result.kind === 'misconfigured' ? 'error' : 'warn';
  log[level]({ reason: result.kind, answer: result.answer }, 'order not created at the channel');
  return notCreated(result);
}

function notCreated(result: Exclude<CreateResult, { kind: 'created' }>): CreateOutcome {
  switch (result.kind) {
    case 'refused':
      return { kind: 'refused', message: result.message };
    case 'misconfigured':
      return { kind: 'misconfigured' };
    case 'unknown':
    case 'rate_limited':
      return { kind: 'unreachable' };
    default:
      return assertNever(result);
  }
}

/** Channels take deadlines in whole seconds; rounded down, so that theirs is never after ours. */
function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
