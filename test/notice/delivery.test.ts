import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient, type GenerationName } from '../../src/client/client.ts';
import { resendNotices } from '../../src/notice/resend-notices.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { until } from '../support/until.ts';
import { createWorld, SIGN_SECRET, type World } from '../support/world.ts';
import { type Merchant, openMerchant } from './merchant.ts';

/** Two processes' relays on one database, and a merchant. */
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  merchant = await openMerchant();
  world = await createWorld({ NOTICE_ALLOW_PRIVATE: 'true' });
  world.app.work();
  (await world.openApp()).work();
});
afterAll(async () => {
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
/** The notice once it has ended this many attempts. */
const tried = (order: PaymentOrder, attempts: number) =>
  until(`${attempts} attempts`, async () => {
    const notice = await noticeOf(order);
    const ended = notice.tries.filter(({ durationMs }) => durationMs !== null).length >= attempts;
    return ended && notice.attempts >= attempts && notice.leaseToken === null && notice;
  });
const makeDue = ({ orderNo }: PaymentOrder) =>
  world.query(`UPDATE merchant_notice SET next_at = UTC_TIMESTAMP(3) WHERE order_no = '${orderNo}'`);

/** Many more like the notice of this order, all due now, named `orderNo`. */
async function multiply(order: PaymentOrder, orderNo: string, url: string, count: number) {
  await world.query(
    `INSERT INTO merchant_notice (event_id, order_id, order_no, event, url, host, snapshot, state, next_at, created_at)
     SELECT UUID(), n.order_id, '${orderNo}', n.event, '${url}', '${new URL(url).host}', n.snapshot, 'pending',
       UTC_TIMESTAMP(3), n.created_at
     FROM merchant_notice n JOIN (WITH RECURSIVE s AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < ${count})
       SELECT i FROM s) numbers WHERE n.order_no = '${order.orderNo}'`,
  );
}

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
    const [received] = await until('told', () => merchant.at(path).length > 0 && merchant.at(path));
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
      const [received] = await until('told', () => merchant.at(path).length > 0 && merchant.at(path));
      expect(JSON.parse(received?.body ?? '')).toMatchObject({ status, closeTime: expect.any(Number) });
    }
  });

  test('is sent once by two processes that see it due together', async () => {
    const path = newPath();
    await multiply(await paid(newPath()), 'many', merchant.url + path, 100);
    const many = await until('all are delivered', async () => {
      const notices = await world.app.notices.list('many');
      return notices.every(({ state }) => state === 'delivered') && notices;
    });
    expect(many.map(({ attempts }) => attempts)).toEqual(Array.from({ length: 100 }, () => 1));
    expect(merchant.at(path)).toHaveLength(100);
    expect(new Set(merchant.at(path).map(({ eventId }) => eventId)).size).toBe(100);
  });
});

describe('an answer that is not SUCCESS is a failure', () => {
  test.each<[string, Parameters<Merchant['answers']>[1], object]>([
    [
      '500',
      (response) => response.writeHead(500).end('SUCCESS'),
      { outcome: 'wrong_status', httpStatus: 500 },
    ],
    [
      'a redirect',
      (response) => response.writeHead(302, { location: `${merchant.url}/elsewhere` }).end('SUCCESS'),
      { outcome: 'wrong_status', httpStatus: 302 },
    ],
    [
      '201',
      (response) => response.writeHead(201).end('SUCCESS'),
      { outcome: 'wrong_status', httpStatus: 201 },
    ],
    ['success!', (response) => response.end('success!'), { outcome: 'wrong_answer', answer: 'success!' }],
    ['nothing', (response) => response.end(), { outcome: 'wrong_answer', httpStatus: 200, answer: '' }],
    [
      'a page',
      (response) => response.end('<html>\r\n\u0000\u001b[31mno</html>'),
      { outcome: 'wrong_answer', answer: '<html> [31mno</html>' },
    ],
    [
      'no end of bytes',
      (response) => {
        const pour = () => {
          while (!response.destroyed && response.write('SUCCESS '.repeat(1_000)));
        };
        response.on('drain', pour);
        pour();
      },
      { outcome: 'wrong_answer', httpStatus: 200 },
    ],
    ['a reset', (response) => response.destroy(), { outcome: 'unreachable', httpStatus: null }],
    ['silence', () => {}, { outcome: 'timeout', httpStatus: null }],
    [
      'a body that does not end',
      (response) => void response.write('SUCCESS'),
      { outcome: 'timeout', httpStatus: 200 },
    ],
  ])('%s: it is sent again after 15 s', async (_name, answer, expected) => {
    const path = newPath();
    merchant.answers(path, answer);
    const order = await paid(path);
    const notice = await tried(order, 1);
    expect(notice).toMatchObject({ state: 'pending', attempts: 1, endedAt: null });
    const [first] = notice.tries;
    expect(first).toMatchObject({ attempt: 1, ...expected });
    const endedAt = (first?.at.getTime() ?? 0) + (first?.durationMs ?? 0);
    const waitMs = (notice.nextAt?.getTime() ?? 0) - endedAt;
    expect(Math.round(waitMs / 1000)).toBe(15);
    expect(merchant.at('/elsewhere')).toEqual([]);
  });

  test.each(['SUCCESS', ' success\r\n', 'Success'])('%j is success', async (text) => {
    const path = newPath();
    merchant.answers(path, (response) => response.end(text));
    expect(await tried(await paid(path), 1)).toMatchObject({ state: 'delivered' });
  });

  test('16 sends on DaxPay’s schedule, all with one event id, then it is given up; by hand it goes on', async () => {
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

test('a notice that was delivered is sent again by hand, with its event id and the next attempt', async () => {
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

test('the body is written anew for each attempt, of the order as it was', async () => {
  const path = newPath();
  merchant.answers(path, (response) => response.writeHead(500).end());
  const order = await paid(path);
  await tried(order, 1);
  await world.cancel(order);
  await until('cancelled', async () => (await world.reload(order)).status === 'cancel');
  merchant.answers(path, (response) => response.end('SUCCESS'));
  await makeDue(order);
  await until('told of both', async () =>
    (await world.app.notices.list(order.orderNo)).every(({ state }) => state === 'delivered'),
  );
  const again = merchant.at(path).filter(({ attempt }) => attempt === 2);
  expect(JSON.parse(again[0]?.body ?? '')).toMatchObject({ status: 'success', refundableBalance: 100 });
});

test('a dead host delays no other host, however much waits for it', async () => {
  const dead = createServer(() => {});
  dead.listen(0, '127.0.0.1');
  await once(dead, 'listening');
  onTestFinished(() => void dead.close());
  const address = dead.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const deadUrl = `http://127.0.0.1:${address.port}/`;
  // Far more than both relays send at once, and older than the one that must get through.
  const first = await paid(newPath());
  await tried(first, 1);
  await multiply(first, 'dead', deadUrl, 900);
  await until('the dead host is being sent to', async () =>
    (await world.app.notices.list('dead')).some(({ attempts }) => attempts > 0),
  );
  const living = await paid(newPath());
  expect(await tried(living, 1)).toMatchObject({ state: 'delivered' });
  const waiting = await world.app.notices.list('dead');
  expect(waiting.filter(({ attempts }) => attempts === 0).length).toBeGreaterThan(0);
  await world.query("DELETE FROM merchant_notice WHERE order_no = 'dead'");
});
