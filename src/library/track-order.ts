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

/** The shop shows the code to its customer. */
const SHOWN_ELSEWHERE = '';

/**
 * Takes over an order that the shop created at its channel: adds the row, which is the timer, and its job. From then on it is
 * an order like any other; if it has been paid in the meantime, the channel reports that when it is closed. Throws for an
 * invalid number, an implausible time (`plausible-moment.ts`), a missing `createdAt` that the channel needs, and if the
 * database is unavailable.
 */
export async function trackOrder(
  deps: OrderDeps,
  tracked: TrackedOrder,
  notifies: boolean,
): Promise<Outcome> {
  const { orderNo, channel: name, method, amountFen, expiresAt } = tracked;
  if (!/^[\w\-*|@]{1,32}$/.test(orderNo)) throw new TypeError('orderNo: must be the number at the channel');
  if (!Number.isSafeInteger(amountFen) || amountFen <= 0)
    throw new TypeError('amountFen: must be a positive integer (fen)');
  refuseImplausible('expiresAt', expiresAt, deps.clock.now());
  const channel = deps.channels.get(name);
  if (channel === undefined) return { kind: 'channel_not_enabled' };
  if (tracked.createdAt === undefined && channel.knowsByCreatedAt === true)
    throw new TypeError(`createdAt: ${name} identifies an order by it, to the second`);
  if (tracked.createdAt !== undefined) refuseImplausible('createdAt', tracked.createdAt, deps.clock.now());

  const createdAt = tracked.createdAt ?? deps.clock.now();
  const nextCloseAt = new Date(expiresAt.getTime() + deps.closeGraceMs);
  const inserted = await deps.store.insert({
    orderNo,
    bizOrderNo: orderNo,
    channel: name,
    channelAccount: channel.account,
    method,
    title: tracked.title ?? '',
    description: null,
    amountFen,
    status: 'progress',
    attach: tracked.attach ?? null,
    notifyUrl: notifies ? CALLBACK_URL : null,
    returnUrl: null,
    notNotify: !notifies,
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
  if (inserted === 'duplicate') return compare(order, tracked);
  return inOrderTrace(order, 'track order', async () => {
    await deps.timer.set(order, nextCloseAt, 'timeout');
    deps.log.info({ orderNo, channel: name, expiresAt }, 'order tracked');
    return { kind: 'tracked', order };
  });
}

/** Throws a TypeError with the field and the reason, for example for seconds instead of milliseconds. */
export function refuseImplausible(field: string, moment: unknown, now: Date): void {
  const isWrong = whyImplausible(moment, now);
  if (isWrong !== null) throw new TypeError(`${field}: ${isWrong}`);
}

function compare(order: PaymentOrder, tracked: TrackedOrder): Outcome {
  if (order.amountFen !== tracked.amountFen) return { kind: 'conflict', field: 'amount' };
  if (order.channel !== tracked.channel) return { kind: 'conflict', field: 'channel' };
  if (order.method !== tracked.method) return { kind: 'conflict', field: 'method' };
  return { kind: 'existing', order };
}
