import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient, type GenerationName } from '../../src/client/client.ts';
import { resendNotices } from '../../src/notice/resend-notices.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { until } from '../support/until.ts';
import { createWorld, SIGN_SECRET, type World } from '../support/world.ts';
import { type Merchant, openMerchant } from './merchant.ts';
import { multiply } from './multiply.ts';
import { startRelay } from './relay.ts';

/** Two processes' relays on one database, and a merchant. */
let world: World;
let merchant: Merchant;
let relays: ReturnType<typeof startRelay>[];
beforeAll(async () => {
  merchant = await openMerchant();
  world = await createWorld();
  relays = [startRelay(world.app), startRelay(await world.openApp())];
});
afterAll(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  await world.end();
  await merchant.end();
});

let paths = 0;
const newPath = () => {
  paths += 1;
  return `/notify/${paths}`;
};

async function paid(path: string, apiGeneration: string | null = null, attach: string | null = null) {
  const order = await world.create('wechat_pay', { notifyUrl: merchant.url + path, apiGeneration, attach });
  await world.simulator.control.pay(order.orderNo);
  await world.sync(order);
  return world.reload(order);
}
async function noticeOf({ orderNo }: PaymentOrder) {
  const [notice] = await world.app.notices.list(orderNo);
  if (notice === undefined) throw new Error('no notice');
  return notice;
}
/** Waits for this many ended attempts, and returns the notice. */
const tried = (order: PaymentOrder, attempts: number) =>
  until(`${attempts} attempts`, async () => {
    const notice = await noticeOf(order);
    const ended = notice.tries.filter(({ durationMs }) => durationMs !== null).length >= attempts;
    return ended && notice.attempts >= attempts && notice.leaseToken === null && notice;
  });
const makeDue = ({ orderNo }: PaymentOrder) =>
  world.query(`UPDATE merchant_notice SET next_at = UTC_TIMESTAMP(3) WHERE order_no = '${orderNo}'`);

describe('a notice', () => {
  test.each<[GenerationName | null, GenerationName]>([
    ['2.0.5', '2.0.5'],
    ['2.0.6', '2.0.6'],
    ['2.0.8', '2.0.8'],
    ['3.0', '3.0'],
    [null, '2.0.6'],
  ])('of an order created in %s verifies with a client of %s', async (apiGeneration, generation) => {
    const path = newPath();
    const order = await paid(path, apiGeneration, '{"k":"附 & \\" \\\\"}');
    const [received] = await until('delivered', () => merchant.at(path).length > 0 && merchant.at(path));
    const client = createClient({
      baseUrl: 'http://127.0.0.1',
      signSecret: SIGN_SECRET,
      signType: 'HMAC_SHA256',
      generation,
    });
    const notice = client.verifyNotice(received?.body ?? '');
    expect(notice).toMatchObject({
      orderNo: generation === '2.0.5' ? order.id : order.orderNo,
      bizOrderNo: order.bizOrderNo,
      outOrderNo: order.channelTradeNo,
      title: order.title,
      channel: 'wechat_pay',
      method: 'qrcode',
      amountFen: 100,
      refundableFen: 100,
      status: 'success',
      expiresAt: order.expiresAt,
      closedAt: null,
      attach: order.attach,
    });
    expect(notice.paidAt?.getTime()).toBe(Math.floor((order.paidAt?.getTime() ?? 0) / 1000) * 1000);
    expect(notice.sentAt).not.toBeNull();
    expect(JSON.parse(received?.body ?? '')).toMatchObject({ code: 0, msg: 'success' });
  });

  test('is sent once, with its event id and its attempt, and recorded', async () => {
    const path = newPath();
    const order = await paid(path);
    const notice = await tried(order, 1);
    expect(notice).toMatchObject({ state: 'delivered', attempts: 1, nextAt: null });
    expect(notice.endedAt).not.toBeNull();
    expect(notice.tries).toMatchObject([
      { attempt: 1, outcome: 'delivered', httpStatus: 200, answer: 'SUCCESS' },
    ]);
    expect(merchant.at(path)).toMatchObject([
      { eventId: notice.eventId, attempt: 1, headers: { 'content-type': 'application/json' } },
    ]);
  });

  test('of a close and of a cancel say so', async () => {
    const [closePath, cancelPath] = [newPath(), newPath()];
    const toClose = await world.create('wechat_pay', { notifyUrl: merchant.url + closePath });
    await world.close(await world.expire(toClose));
    const toCancel = await world.create('wechat_pay', { notifyUrl: merchant.url + cancelPath });
    await world.cancel(toCancel);
    for (const [path, status] of [
      [closePath, 'close'],
      [cancelPath, 'cancel'],
    ] as const) {
      const [received] = await until('delivered', () => merchant.at(path).length > 0 && merchant.at(path));
      expect(JSON.parse(received?.body ?? '')).toMatchObject({ status, closeTime: expect.any(Number) });
    }
  });

  test('is sent once by two processes that see it due at the same time', async () => {
    const path = newPath();
    await multiply(world, await paid(newPath()), { orderNo: 'many', url: merchant.url + path, count: 30 });
    const many = await until('all are delivered', async () => {
      const notices = await world.app.notices.list('many');
      return notices.every(({ state }) => state === 'delivered') && notices;
    });
    expect(many.map(({ attempts }) => attempts)).toEqual(Array.from({ length: 30 }, () => 1));
    expect(merchant.at(path)).toHaveLength(30);
    expect(new Set(merchant.at(path).map(({ eventId }) => eventId)).size).toBe(30);
  });
});

describe('a notice that was not answered with SUCCESS', () => {
  test('is retried after 15 s', async () => {
    const path = newPath();
    merchant.answers(path, (response) => response.writeHead(500).end('SUCCESS'));
    const notice = await tried(await paid(path), 1);
    expect(notice).toMatchObject({ state: 'pending', attempts: 1, endedAt: null });
    const [first] = notice.tries;
    expect(first).toMatchObject({ attempt: 1, outcome: 'wrong_status', httpStatus: 500, answer: 'SUCCESS' });
    const endedAt = (first?.at.getTime() ?? 0) + (first?.durationMs ?? 0);
    const waitMs = (notice.nextAt?.getTime() ?? 0) - endedAt;
    expect(Math.round(waitMs / 1000)).toBe(15);
  });

  test('is sent 16 times on DaxPay’s schedule, all with one event id, then abandoned; a resend continues', async () => {
    const path = newPath();
    merchant.answers(path, (response) => response.writeHead(503).end());
    const order = await paid(path);
    const waits: number[] = [];
    for (let attempt = 1; attempt < 16; attempt += 1) {
      const { nextAt, tries } = await tried(order, attempt);
      const last = tries.at(-1);
      const endedAt = (last?.at.getTime() ?? 0) + (last?.durationMs ?? 0);
      waits.push(Math.round(((nextAt?.getTime() ?? 0) - endedAt) / 1000));
      await makeDue(order);
    }
    const [m, h] = [60, 3600];
    expect(waits).toEqual([
      ...[15, 15, 30, 3 * m, 10 * m, 20 * m, 30 * m, 30 * m, 30 * m, 60 * m],
      ...[3 * h, 3 * h, 3 * h, 6 * h, 6 * h],
    ]);
    const given = await tried(order, 16);
    expect(given).toMatchObject({ state: 'given_up', attempts: 16, nextAt: null });
    expect(new Set(merchant.at(path).map(({ eventId }) => eventId)).size).toBe(1);
    expect(merchant.at(path).map(({ attempt }) => attempt)).toEqual(
      Array.from({ length: 16 }, (_, i) => i + 1),
    );

    const deps = { ...world.app.deps, notices: world.app.notices };
    expect(await resendNotices(deps, given.eventId)).toBe(1);
    expect(await tried(order, 17)).toMatchObject({ state: 'pending', attempts: 17 });
    merchant.answers(path, (response) => response.end('SUCCESS'));
    await makeDue(order);
    expect(await tried(order, 18)).toMatchObject({ state: 'delivered', eventId: given.eventId });
  });
});

test('a delivered notice is resent by hand, with its event id and the next attempt', async () => {
  const path = newPath();
  const order = await paid(path);
  const { eventId } = await tried(order, 1);
  const deps = { ...world.app.deps, notices: world.app.notices };
  expect(await resendNotices(deps, order.orderNo)).toBe(1);
  expect(await tried(order, 2)).toMatchObject({ state: 'delivered', attempts: 2 });
  expect(merchant.at(path)).toMatchObject([
    { eventId, attempt: 1 },
    { eventId, attempt: 2 },
  ]);
  expect(await resendNotices(deps, 'AC-nobody')).toBe(0);
});

test('the body is written anew for each attempt, from the order as it was', async () => {
  const path = newPath();
  merchant.answers(path, (response) => response.writeHead(500).end());
  const order = await world.create('wechat_pay', { notifyUrl: merchant.url + path });
  await world.close(await world.expire(order));
  await tried(order, 1);
  const payment = { channelTradeNo: `T${order.id}`, paidAt: new Date() };
  await world.app.deps.store.recordPayment(order, payment, {}, { now: new Date(), lateStatus: 'success' });
  expect((await world.reload(order)).status).toBe('success');
  merchant.answers(path, (response) => response.end('SUCCESS'));
  await makeDue(order);
  await until('delivered both', async () =>
    (await world.app.notices.list(order.orderNo)).every(({ state }) => state === 'delivered'),
  );
  const { eventId } = await noticeOf(order);
  const again = merchant.at(path).filter((received) => received.eventId === eventId);
  expect(again.map(({ body }) => JSON.parse(body).status)).toEqual(['close', 'close']);
});
