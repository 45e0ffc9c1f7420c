import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { UNKNOWN_IN_A_ROW } from '../../src/channel/guard/breaker.ts';
import { createClient } from '../../src/client/client.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { recloseStuck } from '../../src/order/requests/stuck.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { type BreakerTime, holdBreakers } from '../support/breakers.ts';
import { createLogMemory, type LogMemory } from '../support/log-memory.ts';
import { until } from '../support/until.ts';
import { SIGN_SECRET, somebody, type World } from '../support/world.ts';
import { type Backlog, CONCURRENCY, createBacklog } from './backlog.ts';

let backlog: Backlog;
let world: World;
let add: Backlog['add'];
let counted: Backlog['counted'];
let allClosed: Backlog['allClosed'];
let calls: Backlog['calls'];
let goDown: Backlog['goDown'];
beforeEach(async () => {
  backlog = await createBacklog();
  ({ world, add, counted, allClosed, calls, goDown } = backlog);
});
afterEach(() => world.end());

/** Concurrent calls at a gateway. */
function mostAtOnce(channel: 'wechat_pay' | 'ali_pay'): number {
  const steps = calls(channel).flatMap(({ at, endedAt }) => [
    { at: at.getTime(), by: 1 },
    { at: endedAt.getTime(), by: -1 },
  ]);
  let now = 0;
  return Math.max(0, ...steps.sort((a, b) => a.at - b.at || a.by - b.by).map(({ by }) => (now += by)));
}

interface Worker extends LogMemory {
  app: App;
  time: BreakerTime;
}
/** A separate worker, whose circuit breakers wait for the test. */
async function startWorker(env: Record<string, string> = {}): Promise<Worker> {
  const memory = createLogMemory();
  const app = await world.openApp(env, memory.log);
  const time = holdBreakers(app);
  app.work();
  return { ...memory, app, time };
}
const errorsOf = ({ lines }: LogMemory) => lines.filter(({ level }) => level === 'error');

describe('while WeChat Pay is down', () => {
  test.each([{ kind: 'status', status: 503 }, { kind: 'hang' }] as const)(
    '($kind) Alipay’s orders close, few calls are made and no attempts spent; then all close at a bounded rate',
    async (fault) => {
      await add('wechat_pay', 300);
      await add('ali_pay', 60);
      goDown(fault);
      const callsBefore = calls('wechat_pay').length;
      const worker = await startWorker({ CHANNEL_TIMEOUT_MS: '5000' });

      // They were never created, so only the query is called.
      const line = await worker.logged('circuit breaker opened for one operation');
      expect(line).toMatchObject({
        level: 'error',
        channel: 'wechat_pay',
        operation: 'query',
        reason: 'unknown',
      });
      worker.time.pass();
      await worker.logged('circuit breaker still open for one operation');
      await allClosed('ali_pay');
      expect(calls('wechat_pay').length - callsBefore).toBeLessThan(2 * CONCURRENCY + UNKNOWN_IN_A_ROW);
      expect(await counted('wechat_pay', "status = 'progress'")).toBe(300);
      expect(await counted('wechat_pay', 'retry_count > 0')).toBeLessThan(UNKNOWN_IN_A_ROW);
      expect(await counted('wechat_pay', 'close_attempts > 0')).toBeLessThan(3 * CONCURRENCY);
      expect(errorsOf(worker)).toHaveLength(1);

      world.simulator.control.clearFaults();
      worker.time.pass();
      await worker.logged('circuit breaker closed for one operation');
      await allClosed('wechat_pay');
      const [span] = (await world.query(
        "SELECT TIMESTAMPDIFF(MICROSECOND, MIN(closed_at), MAX(closed_at)) AS us FROM payment_order WHERE channel = 'wechat_pay'",
      )) as { us: string }[];
      // 300 orders take at least three seconds to start, and the last starts after at least two.
      expect(Number(span?.us)).toBeGreaterThan(1_000_000);
    },
    300_000,
  );

  test('and Redis is unreachable, the same bounds hold in each process', async () => {
    await add('wechat_pay', 300);
    await add('ali_pay', 60);
    goDown({ kind: 'status', status: 503 });
    const callsBefore = calls('wechat_pay').length;
    const worker = await startWorker({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    await worker.logged('circuit breaker opened for one operation');
    await allClosed('ali_pay');
    expect(calls('wechat_pay').length - callsBefore).toBeLessThan(2 * CONCURRENCY + UNKNOWN_IN_A_ROW);
    expect(await counted('wechat_pay', "status = 'progress'")).toBe(300);
    expect(mostAtOnce('ali_pay')).toBeLessThanOrEqual(CONCURRENCY);

    world.simulator.control.clearFaults();
    worker.time.pass();
    await worker.logged('circuit breaker closed for one operation');
    await allClosed('wechat_pay');
    expect(mostAtOnce('wechat_pay')).toBeLessThanOrEqual(CONCURRENCY);
    await worker.app.close();
  }, 300_000);

  test('the API answers without calling the channel, and requests continue automatically', async () => {
    const time = holdBreakers(world.app);
    const client = createClient({
      baseUrl: await world.app.serve(),
      signSecret: SIGN_SECRET,
      signType: 'HMAC_SHA256',
    });
    const orders: PaymentOrder[] = [];
    for (let n = 0; n < UNKNOWN_IN_A_ROW + 2; n += 1) orders.push(await world.create('wechat_pay'));
    const [toClose, toCancel, ...others] = orders as [PaymentOrder, PaymentOrder, ...PaymentOrder[]];
    goDown({ kind: 'reset' });
    for (const { orderNo } of others) expect(await client.close({ orderNo })).toMatchObject({ code: 20081 });

    const before = calls('wechat_pay').length;
    expect(await client.close({ orderNo: toClose.orderNo })).toMatchObject({
      code: 20081,
      message: expect.stringContaining('暂时不可用'),
    });
    expect(await client.cancel({ orderNo: toCancel.orderNo })).toMatchObject({
      code: 20081,
      message: expect.stringContaining('暂时不可用'),
    });
    expect(await client.sync({ orderNo: toClose.orderNo })).toMatchObject({
      code: 20080,
      message: expect.stringContaining('暂时不可用'),
    });
    const request = { title: 'tea', channel: 'wechat_pay', method: 'qrcode', amountFen: 1 } as const;
    expect(await client.create({ ...request, bizOrderNo: 'none' })).toMatchObject({ code: 20080 });
    expect(await world.app.deps.store.findByBizOrderNo('none')).toBeNull();
    expect(calls('wechat_pay')).toHaveLength(before);

    for (const [order, ending] of [
      [toClose, 'close'],
      [toCancel, 'cancel'],
    ] as const) {
      expect(await world.reload(order)).toMatchObject({
        status: 'progress',
        ending,
        retryCount: 0,
        closeAttempts: 0,
      });
      expect(await world.records(order)).toEqual([]);
    }
    // A payable order is still shown; the other channel is not affected.
    const { bizOrderNo } = await world.create('ali_pay');
    expect(await client.close({ bizOrderNo })).toMatchObject({ ok: true });

    world.simulator.control.clearFaults();
    time.pass();
    world.app.work();
    await until('the requests are done', async () => {
      const [closed, cancelled] = await Promise.all([toClose, toCancel].map((order) => world.reload(order)));
      return closed?.status === 'close' && cancelled?.status === 'cancel';
    });
  });

  test('a last look is postponed in its row, without an attempt and without a timer', async () => {
    holdBreakers(world.app);
    const looked = await world.expire(await world.create('wechat_pay'));
    expect(await world.close(looked)).toMatchObject({ kind: 'closed' });
    const orders: PaymentOrder[] = [];
    for (let n = 0; n < UNKNOWN_IN_A_ROW; n += 1) orders.push(await world.create('wechat_pay'));
    goDown({ kind: 'reset' });
    for (const order of orders) await world.close(order, 'manual');

    const before = await world.reload(looked);
    expect(before.watchUntil).toBeNull();
    expect(await world.fire(looked)).toBeNull();
    const after = await world.reload(looked);
    expect(after.nextCloseAt?.getTime()).toBeGreaterThan(world.app.deps.clock.now().getTime());
    expect(after).toEqual({ ...before, nextCloseAt: after.nextCloseAt });
    expect(await world.records(looked)).toHaveLength(1);
  });

  test('an order that can be paid is shown, and its creation is not repeated', async () => {
    holdBreakers(world.app);
    const orders: PaymentOrder[] = [];
    for (let n = 0; n < UNKNOWN_IN_A_ROW; n += 1) orders.push(await world.create('wechat_pay'));
    goDown({ kind: 'reset' });
    for (const order of orders) await world.close(order, 'manual');
    const client = createClient({
      baseUrl: await world.app.serve(),
      signSecret: SIGN_SECRET,
      signType: 'HMAC_SHA256',
    });
    world.simulator.control.clearFaults();
    const [order] = orders as [PaymentOrder];
    await world.edit(order, { ending: 'expiry' });
    const { bizOrderNo, title, amountFen } = order;
    const request = { bizOrderNo, title, amountFen, channel: 'wechat_pay', method: 'qrcode' } as const;
    expect(await client.create(request)).toMatchObject({ ok: true, payBody: order.payBody });
  });
});

describe('a configuration error with hundreds of orders due', () => {
  test('(wrong key) costs few calls and no attempts, and alerts once; after the fix, all close', async () => {
    await add('wechat_pay', 300);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const wrong = await startWorker({
      WECHAT_PRIVATE_KEY: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    });
    await wrong.logged('circuit breaker opened for one operation');
    await until('all wait in the queue', async () => (await world.queue('wechat_pay').count()) > 250);
    expect(calls('wechat_pay').length).toBeLessThan(2 * CONCURRENCY);
    expect(await counted('wechat_pay', 'retry_count > 0')).toBeLessThan(3);
    expect(errorsOf(wrong)).toEqual([
      expect.objectContaining({ channel: 'wechat_pay', reason: 'misconfigured' }),
    ]);
    await wrong.app.close();

    await world.query(
      "UPDATE payment_order SET next_close_at = '2020-01-01' WHERE next_close_at > '2020-01-01'",
    );
    world.app.work();
    await allClosed('wechat_pay');
  }, 300_000);

  test('(another merchant number) makes no calls, uses no attempts, and alerts once; after a restart, all close', async () => {
    await add('wechat_pay', 300);
    await add('ali_pay', 10);
    const before = calls('wechat_pay').length;
    const wrong = await startWorker({ WECHAT_MCH_ID: '1900000000' });
    await allClosed('ali_pay');
    await until(
      'all are stuck',
      async () => (await counted('wechat_pay', 'stuck_at IS NOT NULL')) === 300,
      60_000,
    );
    expect(calls('wechat_pay')).toHaveLength(before);
    expect(await counted('wechat_pay', 'retry_count > 0 OR close_attempts > 0')).toBe(0);
    expect(errorsOf(wrong)).toEqual([
      expect.objectContaining({ channel: 'wechat_pay', reason: 'misconfigured' }),
    ]);
    await wrong.app.close();

    const counts = await recloseStuck(world.app.deps, { channel: 'wechat_pay' }, 1_000, somebody);
    expect(counts).toMatchObject({ enqueued: 300, ended: 0 });
    world.app.work();
    await allClosed('wechat_pay');
  }, 300_000);
});
