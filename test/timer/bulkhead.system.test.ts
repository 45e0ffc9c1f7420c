import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChannelName } from '../../src/channel/channel.ts';
import { UNKNOWN_IN_A_ROW } from '../../src/channel/guard/breaker.ts';
import { createClient } from '../../src/client/client.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { recloseStuck } from '../../src/order/requests/stuck.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { type Program, startProgram } from '../support/process.ts';
import { until } from '../support/until.ts';
import { createWorld, SIGN_SECRET, somebody, type World } from '../support/world.ts';

const CONCURRENCY = 10;
const PER_SECOND = 100;

let world: World;
beforeEach(async () => {
  world = await createWorld({
    CLOSE_CONCURRENCY: String(CONCURRENCY),
    CHANNEL_CLOSES_PER_S: String(PER_SECOND),
    SWEEP_INTERVAL_MS: '1000',
  });
});
afterEach(() => world.end());

const calls = (channel: ChannelName) =>
  world.simulator.control.log().filter((entry) => entry.channel === channel);
/** Calls that a gateway had in hand at once. */
function mostAtOnce(channel: ChannelName): number {
  const steps = calls(channel).flatMap(({ at, endedAt }) => [
    { at: at.getTime(), by: 1 },
    { at: endedAt.getTime(), by: -1 },
  ]);
  let now = 0;
  return Math.max(0, ...steps.sort((a, b) => a.at - b.at || a.by - b.by).map(({ by }) => (now += by)));
}
const goDown = (fault: { kind: 'status'; status: number } | { kind: 'reset' } | { kind: 'hang' }) =>
  world.simulator.control.addFault({ ...fault, match: { channel: 'wechat_pay' } });

/** Orders whose creation never reached their channel, overdue since long ago. */
async function overdue(channel: ChannelName, count: number): Promise<void> {
  const one = await world.create(channel);
  await world.app.deps.timer.clear(one);
  await world.query(`UPDATE payment_order SET next_close_at = NULL WHERE id = ${one.id}`);
  await world.query(`
    INSERT INTO payment_order (order_no, biz_order_no, channel, channel_account, method, title, amount_fen, status,
      created_at, create_attempted_at, expires_at, next_close_at)
    WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < ${Math.min(count, 1000)})
    SELECT CONCAT('O', i, 'N', id), CONCAT('O', i, 'N', id), channel, channel_account, method, title, amount_fen,
      status, '2020-01-01', '2020-01-01', '2020-01-01', '2020-01-01'
    FROM payment_order, n WHERE id = ${one.id}`);
}
async function counted(channel: ChannelName, condition: string): Promise<number> {
  const rows = (await world.query(
    `SELECT COUNT(*) AS n FROM payment_order WHERE channel = '${channel}' AND created_at = '2020-01-01' AND (${condition})`,
  )) as { n: string }[];
  return Number(rows[0]?.n);
}
const allClosed = (channel: ChannelName) =>
  until(
    `all orders of ${channel} are closed`,
    async () => (await counted(channel, "status <> 'close'")) === 0,
    150_000,
  );
async function startWorker(env: Record<string, string> = {}): Promise<Program> {
  const worker = startProgram(['work'], { ...world.env, ...env });
  await worker.logged('worker is running');
  return worker;
}
const errorsOf = (program: Program) =>
  program
    .stdout()
    .split('\n')
    .filter((line) => line.includes('"level":"error"'))
    .map((line) => JSON.parse(line));

describe('while WeChat Pay is down', () => {
  test.each([{ kind: 'status', status: 503 }, { kind: 'hang' }] as const)(
    '($kind) Alipay’s orders close, few calls are made and no attempts spent; then all close at a bounded rate',
    async (fault) => {
      await overdue('wechat_pay', 300);
      await overdue('ali_pay', 60);
      goDown(fault);
      const callsBefore = calls('wechat_pay').length;
      const worker = await startWorker();

      // They were never created, so that nothing but the query is tried.
      const told = await worker.logged('circuit breaker opened for one operation');
      expect(told).toMatchObject({
        level: 'error',
        channel: 'wechat_pay',
        operation: 'query',
        reason: 'unknown',
      });
      await worker.logged('circuit breaker still open for one operation');
      await allClosed('ali_pay');
      expect(calls('wechat_pay').length - callsBefore).toBeLessThan(2 * CONCURRENCY + UNKNOWN_IN_A_ROW);
      expect(await counted('wechat_pay', "status = 'progress'")).toBe(300);
      expect(await counted('wechat_pay', 'retry_count > 0')).toBeLessThan(UNKNOWN_IN_A_ROW);
      expect(await counted('wechat_pay', 'close_attempts > 0')).toBeLessThan(3 * CONCURRENCY);
      expect(errorsOf(worker)).toHaveLength(1);

      world.simulator.control.clearFaults();
      await worker.logged('circuit breaker closed for one operation');
      await allClosed('wechat_pay');
      const [span] = (await world.query(
        "SELECT TIMESTAMPDIFF(MICROSECOND, MIN(closed_at), MAX(closed_at)) AS us FROM payment_order WHERE channel = 'wechat_pay'",
      )) as { us: string }[];
      // 300 orders begin in three seconds at least, the last of them not before two have passed.
      expect(Number(span?.us)).toBeGreaterThan(1_000_000);
    },
    300_000,
  );

  test('and Redis is away, the same bounds hold in each process', async () => {
    await overdue('wechat_pay', 300);
    await overdue('ali_pay', 60);
    goDown({ kind: 'status', status: 503 });
    const callsBefore = calls('wechat_pay').length;
    const worker = await startWorker({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    await worker.logged('circuit breaker opened for one operation');
    await allClosed('ali_pay');
    expect(calls('wechat_pay').length - callsBefore).toBeLessThan(2 * CONCURRENCY + UNKNOWN_IN_A_ROW);
    expect(await counted('wechat_pay', "status = 'progress'")).toBe(300);
    expect(mostAtOnce('ali_pay')).toBeLessThanOrEqual(CONCURRENCY);

    world.simulator.control.clearFaults();
    await worker.logged('circuit breaker closed for one operation');
    await allClosed('wechat_pay');
    expect(mostAtOnce('wechat_pay')).toBeLessThanOrEqual(CONCURRENCY);
    expect(await worker.terminate()).toBe(0);
  }, 300_000);

  test('the API answers without asking the channel, and what was asked for goes on by itself', async () => {
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
    const wish = { title: 'tea', channel: 'wechat_pay', method: 'qrcode', amountFen: 1 } as const;
    expect(await client.create({ ...wish, bizOrderNo: 'none' })).toMatchObject({ code: 20080 });
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
    // An order that can be paid is shown all the same; the other channel is not concerned.
    const { bizOrderNo } = await world.create('ali_pay');
    expect(await client.close({ bizOrderNo })).toMatchObject({ ok: true });

    world.simulator.control.clearFaults();
    world.app.work();
    await until('the wishes come true', async () => {
      const [closed, cancelled] = await Promise.all([toClose, toCancel].map((order) => world.reload(order)));
      return closed?.status === 'close' && cancelled?.status === 'cancel';
    });
  });

  test('a last look is put off in its row, without an attempt and without a timer', async () => {
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
    const wish = { bizOrderNo, title, amountFen, channel: 'wechat_pay', method: 'qrcode' } as const;
    expect(await client.create(wish)).toMatchObject({ ok: true, payBody: order.payBody });
  });
});

describe('while WeChat Pay is down for one process only', () => {
  test('the others close its orders as before, and it ends at once when it is told to', async () => {
    await overdue('wechat_pay', 300);
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const misdirected = await startWorker({ WECHAT_BASE_URL: nowhere });
    await misdirected.logged('circuit breaker opened for one operation');
    expect(await counted('wechat_pay', "status = 'progress'")).toBe(300);

    world.app.work();
    // But for the few that the other has tried, each of which waits for its next attempt.
    await until('the orders are closed', async () => {
      const left = "status = 'progress' AND close_attempts = 0";
      return (await counted('wechat_pay', left)) === 0;
    });
    expect(await counted('wechat_pay', 'close_attempts > 1')).toBeLessThan(3 * CONCURRENCY);
    expect(await counted('wechat_pay', "status = 'close'")).toBeGreaterThan(300 - 3 * CONCURRENCY);
    expect(world.app.deps.channels.get('wechat_pay')?.unavailable('close', 'qrcode')).toBeNull();

    expect(misdirected.stdout()).not.toContain('works again');
    expect(await misdirected.terminate()).toBe(0);
    expect(misdirected.stdout()).not.toContain('shutdown timed out; jobs released');
  }, 120_000);
});

describe('a configuration error with hundreds of orders due', () => {
  test('(wrong key) costs few calls and no attempts, and is told once; mended, all close', async () => {
    await overdue('wechat_pay', 300);
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
    await wrong.terminate();

    await world.query(
      "UPDATE payment_order SET next_close_at = '2020-01-01' WHERE next_close_at > '2020-01-01'",
    );
    world.app.work();
    await allClosed('wechat_pay');
  }, 300_000);

  test('(another merchant number) asks nothing, spends nothing, and is told once; begun again, all close', async () => {
    await overdue('wechat_pay', 300);
    await overdue('ali_pay', 10);
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
    await wrong.terminate();

    const counts = await recloseStuck(world.app.deps, { channel: 'wechat_pay' }, 1_000, somebody);
    expect(counts).toMatchObject({ enqueued: 300, ended: 0 });
    world.app.work();
    await allClosed('wechat_pay');
  }, 300_000);
});
