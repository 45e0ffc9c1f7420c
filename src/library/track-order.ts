import { CALLBACK_URL } from '../notice/callback-url.ts';
import { whyImplausible } from '../order/create/plausible-moment.ts';
import type { OrderDeps } from '../order/deps.ts';
import type { PaymentOrder } from '../order/order.ts';
import { inOrderTrace } from '../order/order-trace.ts';
import { currentTraceId } from '../platform/log/trace.ts';
import type { TrackedOrder } from './types.ts';

type Outcome =
  | { kind: 'tracked' | 'existing'; order: PaymentOrder }
  | { kind: 'conflict'; field: 'amount' | 'channel' | 'method' | 'number' }
  | { kind: 'channel_not_enabled' };

/** What was shown to the customer is the shop's affair; that the channel has confirmed the order is ours. */
const SHOWN_ELSEWHERE = '';

/**
 * Takes over an order that the shop has created at its channel: the row, which is the timer, and its job. From then on it
 * is an order like any other; whether it has been paid meanwhile, the channel says when it is closed. Throws for a
 * number that no channel could have, for a moment that cannot be meant (`plausible-moment.ts`), for a `createdAt` that is
 * missing where the channel goes by it, and when the database cannot be reached.
 */
export async function trackOrder(deps: OrderDeps, wish: TrackedOrder, tells: boolean): Promise<Outcome> {
  const { orderNo, channel: name, method, amountFen, expiresAt } = wish;
  if (!/^[\w\-*|@]{1,32}$/.test(orderNo))
    throw new TypeError('orderNo: must be what the channel knows it by');
  if (!Number.isSafeInteger(amountFen) || amountFen <= 0) throw new TypeError('amountFen: must be fen');
  refuseImplausible('expiresAt', expiresAt, deps.clock.now());
  const channel = deps.channels.get(name);
  if (channel === undefined) return { kind: 'channel_not_enabled' };
  if (wish.createdAt === undefined && channel.knowsByCreatedAt === true)
    throw new TypeError(`createdAt: ${name} knows an order by it, to the second`);
  if (wish.createdAt !== undefined) refuseImplausible('createdAt', wish.createdAt, deps.clock.now());

  const createdAt = wish.createdAt ?? deps.clock.now();
  const nextCloseAt = new Date(expiresAt.getTime() + deps.closeGraceMs);
  const inserted = await deps.store.insert({
    orderNo,
    bizOrderNo: orderNo,
    channel: name,
    channelAccount: channel.account,
    method,
    title: wish.title ?? '',
    description: null,
    amountFen,
    status: 'progress',
    attach: wish.attach ?? null,
    notifyUrl: tells ? CALLBACK_URL : null,
    returnUrl: null,
    notNotify: !tells,
    clientIp: null,
    apiGeneration: null,
    traceId: currentTraceId(),
    createdAt,
    createAttemptedAt: createdAt,
    expiresAt,
    nextCloseAt,
    payBody: SHOWN_ELSEWHERE,
  });
  const order = await deps.store.find(orderNo);
  if (order === null) return { kind: 'conflict', field: 'number' };
  if (inserted === 'duplicate') return compare(order, wish);
  return inOrderTrace(order, 'track order', async () => {
    await deps.timer.set(order, nextCloseAt, 'timeout');
    deps.log.info({ orderNo, channel: name, expiresAt }, 'order tracked');
    return { kind: 'tracked', order };
  });
}

/** Throws a TypeError that names the field and what is wrong, as when seconds are taken for milliseconds. */
export function refuseImplausible(field: string, moment: unknown, now: Date): void {
  const isWrong = whyImplausible(moment, now);
  if (isWrong !== null) throw new TypeError(`${field}: ${isWrong}`);
}

function compare(order: PaymentOrder, wish: TrackedOrder): Outcome {
  if (order.amountFen !== wish.amountFen) return { kind: 'conflict', field: 'amount' };
  if (order.channel !== wish.channel) return { kind: 'conflict', field: 'channel' };
  if (order.method !== wish.method) return { kind: 'conflict', field: 'method' };
  return { kind: 'existing', order };
}
