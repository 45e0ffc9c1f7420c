import type { Channel, ChannelPayment, GuardedChannel, PayerDetails } from '../../channel/channel.ts';
import { misconfigurationOf } from '../../channel/parts.ts';
import { assertNever } from '../../platform/assert-never.ts';
import { currentTraceId } from '../../platform/log/trace.ts';
import { catchFaultyData } from '../attempt/faulty-data.ts';
import type { OrderDeps } from '../deps.ts';
import { asChannelOrder, type PaymentOrder } from '../order.ts';
import { inOrderTrace } from '../order-trace.ts';
import type { CreateOrder, CreateOutcome } from '../outcomes.ts';
import { recordPayment } from '../payment/record-payment.ts';
import { alignTimer } from '../schedule/align-timer.ts';
import { scheduleQuery } from '../schedule/schedule-query.ts';
import { nextPollAt } from '../sync/poll-order.ts';
import { syncOrder } from '../sync/sync-order.ts';
import { watchLateCreation } from '../sync/watch-late-creation.ts';
import { newOrderNo } from './order-no.ts';
import { whyImplausible } from './plausible-moment.ts';

/** No channel keeps an order open longer; WeChat Pay closes it after 7 days. */
const MAX_EXPIRES_IN_MS = 7 * 24 * 3_600_000;

/** `payBody` of a charge by the customer's code: there is nothing to show. */
const NOTHING_TO_SHOW = '';

/**
 * Creates a payment order (支付订单) and its timer.
 *
 * The row, with the time of its close, is written before the channel is called. So even if the channel's answer is lost
 * or this process dies at any point, the order is in the database and will be closed at the channel; and nothing can be
 * paid that is not in the database. The queue may be unreachable: the row is the timer.
 *
 * Idempotent by `bizOrderNo`: a repeated call returns the order while it is payable, and creates it at the channel if
 * that has not succeeded yet. Without `expiresAt`, the first call's expiry holds. A call that differs in another defining
 * field is a conflict. While the channel's circuit breaker is open, no new order is created. Throws only if the database
 * is unreachable.
 */
export async function createOrder(deps: OrderDeps, request: CreateOrder): Promise<CreateOutcome> {
  const channel = deps.channels.get(request.channel);
  if (channel === undefined) return { kind: 'channel_not_enabled' };
  if (!channel.methods.includes(request.method)) return { kind: 'method_not_enabled' };

  const now = deps.clock.now();
  const isWrong = request.expiresAt === null ? null : whyImplausible(request.expiresAt, now);
  if (isWrong !== null) return { kind: 'expiry_invalid', message: `expiredTime ${isWrong}` };
  const expiresAt = wholeSecond(request.expiresAt ?? new Date(now.getTime() + deps.expiresInMs));
  const expiresInMs = expiresAt.getTime() - now.getTime();
  if (expiresInMs <= 0) return { kind: 'expiry_invalid', message: 'expiredTime has passed' };
  if (expiresInMs > MAX_EXPIRES_IN_MS)
    return { kind: 'expiry_invalid', message: 'expiredTime is over 7 days away' };

  const { authCode, openId, ...kept } = request;
  const payer = { authCode, openId, returnUrl: request.returnUrl };
  const again = (existing: PaymentOrder) =>
    inOrderTrace(existing, 'create order again', () => createAgain(deps, channel, existing, request, payer));
  if (channel.unavailable('create', request.method) !== null) {
    const existing = await deps.store.findByBizOrderNo(request.bizOrderNo);
    if (existing !== null) return again(existing);
    if (channel.admit('create', request.method) !== null) return { kind: 'channel_down' };
  }
  const inserted = await deps.store.insert({
    ...kept,
    orderNo: newOrderNo(now),
    traceId: currentTraceId(),
    channelAccount: channel.account,
    status: 'progress',
    createdAt: now,
    createAttemptedAt: now,
    expiresAt,
    nextCloseAt: new Date(expiresAt.getTime() + deps.closeGraceMs),
  });
  const order = await deps.store.findByBizOrderNo(request.bizOrderNo);
  if (order === null) throw new Error('an order that was just inserted is not there');
  // It may have ended by now: a row can be paid, closed or cancelled as soon as it exists.
  if (inserted === 'duplicate' || order.status !== 'progress') return again(order);
  return inOrderTrace(order, 'create order', () => createAtChannel(deps, channel, order, payer));
}

/** `bizOrderNo` already has an order. */
async function createAgain(
  deps: OrderDeps,
  channel: GuardedChannel,
  order: PaymentOrder,
  request: CreateOrder,
  payer: PayerDetails,
): Promise<CreateOutcome> {
  if (order.status !== 'progress') return { kind: 'ended', order };
  if (order.amountFen !== request.amountFen) return { kind: 'conflict', field: 'amount' };
  if (order.channel !== request.channel) return { kind: 'conflict', field: 'channel' };
  if (order.method !== request.method) return { kind: 'conflict', field: 'method' };
  if (order.title !== request.title) return { kind: 'conflict', field: 'title' };
  if (order.notifyUrl !== request.notifyUrl) return { kind: 'conflict', field: 'notifyUrl' };
  const isOtherExpiry =
    request.expiresAt !== null && wholeSecond(request.expiresAt).getTime() !== order.expiresAt.getTime();
  if (isOtherExpiry) return { kind: 'conflict', field: 'expiredTime' };

  const now = deps.clock.now();
  if (order.expiresAt.getTime() <= now.getTime()) return { kind: 'ended', order };
  if (order.ending !== 'expiry') return { kind: 'ending', order };
  if (order.method === 'barcode') return chargeAgain(deps, order);
  if (order.payBody !== null) return { kind: 'existing', order };
  if (channel.account !== order.channelAccount) return { kind: 'misconfigured' };
  if (channel.admit('create', request.method) !== null) return { kind: 'channel_down' };
  if (!(await deps.store.beginCreateAttempt(order.id, now))) return { kind: 'unreachable' };
  return createAtChannel(deps, channel, { ...order, createAttemptedAt: now }, payer);
}

/** A charge is never made twice: asking again asks what became of the first. */
async function chargeAgain(deps: OrderDeps, order: PaymentOrder): Promise<CreateOutcome> {
  await syncOrder(deps, order, { kind: 'api', actor: null, clientIp: null });
  // An undecided answer may have moved the due time.
  const now = await alignTimer(deps, order.id);
  const refused = now.status === 'progress' && now.payBody === null && now.errorMsg !== null;
  return refused ? { kind: 'refused', message: now.errorMsg ?? '' } : { kind: 'existing', order: now };
}

async function createAtChannel(
  deps: OrderDeps,
  channel: Channel,
  order: PaymentOrder,
  payer: PayerDetails,
): Promise<CreateOutcome> {
  const [result] = await Promise.all([
    channel.create(asChannelOrder(order), payer),
    deps.timer.set(order, order.nextCloseAt ?? order.expiresAt, 'timeout'),
  ]);
  const log = deps.log.child({ orderNo: order.orderNo, channel: order.channel });
  switch (result.kind) {
    case 'created':
      return confirm(deps, order, result.payBody, result.answer);
    case 'user_paying':
      await poll(deps, order);
      return confirm(deps, order, NOTHING_TO_SHOW, result.answer);
    case 'paid':
      return charged(deps, order, result.payment);
    case 'refused':
    case 'misconfigured':
    case 'unknown':
    case 'rate_limited': {
      await deps.store.recordCreateError(order.id, result.answer);
      const isAlert =
        result.kind === 'misconfigured' &&
        deps.shouldAlert(misconfigurationOf(order.channel, { operation: 'create', method: order.method }));
      const level = isAlert ? 'error' : 'warn';
      log[level]({ reason: result.kind, answer: result.answer }, 'order not created at the channel');
      // The charge may have succeeded anyway.
      if (order.method === 'barcode') await poll(deps, order);
      if (result.kind === 'unknown')
        await watchLateCreation(deps, order, { exists: false, answer: result.answer });
      if (result.kind === 'refused') {
        // A repeated creation may be refused because the order is paid by now: query the channel.
        const isRepeated = order.createAttemptedAt.getTime() !== order.createdAt.getTime();
        if (isRepeated) await scheduleQuery(deps, order);
        return { kind: 'refused', message: result.message };
      }
      return { kind: result.kind === 'misconfigured' ? 'misconfigured' : 'unreachable' };
    }
    default:
      return assertNever(result);
  }
}

/** The channel has the order; `payBody` is what the customer's terminal needs. */
async function confirm(
  deps: OrderDeps,
  order: PaymentOrder,
  payBody: string,
  answer: string,
): Promise<CreateOutcome> {
  const confirmed = await deps.store.confirmCreation(order.id, payBody);
  if (!confirmed) await watchLateCreation(deps, order, { exists: true, answer });
  const now = await deps.store.get(order.id);
  if (!confirmed && now.status !== 'success') return { kind: 'ended', order: now };
  const { orderNo, channel, bizOrderNo, expiresAt } = now;
  deps.log.info({ orderNo, channel, bizOrderNo, expiresAt }, 'order created');
  return { kind: 'created', order: now };
}

/** The customer's code was charged at once. */
async function charged(
  deps: OrderDeps,
  order: PaymentOrder,
  payment: ChannelPayment,
): Promise<CreateOutcome> {
  if (payment.amountFen === order.amountFen) await deps.store.confirmCreation(order.id, NOTHING_TO_SHOW);
  const trigger = { kind: 'api', actor: null, clientIp: null } as const;
  const recorded = await catchFaultyData(deps, order, trigger, () => recordPayment(deps, order, payment, {}));
  if (typeof recorded !== 'string' || recorded === 'amount_mismatch') return { kind: 'unreachable' };
  const now = await deps.store.get(order.id);
  return now.status === 'success' ? { kind: 'created', order: now } : { kind: 'ended', order: now };
}

/** Channels do not promise to notify of a charge: it is polled until the order expires. */
async function poll(deps: OrderDeps, order: PaymentOrder): Promise<void> {
  const at = nextPollAt(deps, order);
  // If its close or cancel was requested meanwhile, that request owns the timer.
  if (await deps.store.postpone(order.id, at)) await deps.timer.set(order, at, 'timeout');
}

/** Channels take deadlines in whole seconds. Rounds down, so that theirs is never after ours. */
function wholeSecond(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
