import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ChannelName } from '../../src/channel/channel.ts';
import { readConfig } from '../../src/config.ts';
import {
  type Autoclose,
  type AutocloseOptions,
  alipay,
  createAutoclose,
  type OrderChange,
  unionPay,
  wechatPay,
} from '../../src/index.ts';
import { engineSettings } from '../../src/library/engine-settings.ts';
import { createLogger, type Logger } from '../../src/platform/log/logger.ts';
import { traceFields } from '../../src/platform/log/trace.ts';
import { adapters, anOrder, anybody } from '../channel/support.ts';
import { startRelay } from '../notice/relay.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
const opened: Autoclose[] = [];
beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => Promise.all(opened.splice(0).map((autoclose) => autoclose.close())));
afterAll(() => world.end());

function options(more: Partial<AutocloseOptions> = {}): AutocloseOptions {
  const { env } = world.simulator;
  return {
    databaseUrl: world.env.DATABASE_URL ?? '',
    redisUrl: world.env.REDIS_URL ?? '',
    redisPrefix: world.env.REDIS_PREFIX ?? '',
    channels: [
      wechatPay({
        baseUrl: env.WECHAT_BASE_URL,
        appId: env.WECHAT_APP_ID,
        mchId: env.WECHAT_MCH_ID,
        serialNo: env.WECHAT_SERIAL_NO,
        privateKey: env.WECHAT_PRIVATE_KEY,
        apiV3Key: env.WECHAT_API_V3_KEY,
        publicKeyId: env.WECHAT_PUBLIC_KEY_ID,
        publicKey: env.WECHAT_PUBLIC_KEY,
        notifyUrl: 'https://shop.example.com/notify/wechat_pay',
      }),
    ],
    closeGraceMs: 0,
    log: createLogger('silent'),
    ...more,
  };
}

async function open(more: Partial<AutocloseOptions> = {}): Promise<Autoclose> {
  const autoclose = await createAutoclose(options(more));
  opened.push(autoclose);
  return autoclose;
}

/** An order that the shop has created at WeChat Pay itself, with an all-digit number. */
async function soldElsewhere(orderNo: string, expiresAt: Date) {
  const channel = adapters.wechat_pay(world.simulator);
  const created = await channel.create(anOrder({ orderNo, expiresAt, amountFen: 100 }), anybody);
  expect(created.kind).toBe('created');
  return { orderNo, channel: 'wechat_pay', method: 'qrcode', amountFen: 100, expiresAt } as const;
}
const inMs = (ms: number) => new Date(Date.now() + ms);

test('a tracked order closes at its channel after its expiry, and the shop is notified once', async () => {
  const changes: OrderChange[] = [];
  const autoclose = await open({ onChange: async (change) => void changes.push(change) });
  autoclose.work();
  const order = await soldElsewhere('20260101000001', inMs(2_000));
  expect(await autoclose.trackOrder(order)).toMatchObject({ kind: 'tracked', order: { status: 'progress' } });
  expect(await world.timerState(await rowOf(order.orderNo, 'n20260101000001'))).toBe('delayed');
  await until('the shop is notified', () => changes.length > 0);
  expect(changes).toMatchObject([{ order: { bizOrderNo: '20260101000001', status: 'close' } }]);
  expect(world.simulator.control.order(order.orderNo)?.state).toBe('CLOSED');
});

test('log lines of a tracked order have the order’s trace', async () => {
  const lines: { traceId?: string; orderNo?: string }[] = [];
  const log: Logger = {
    ...createLogger('silent'),
    info: (fields: object) => void lines.push({ ...traceFields(), ...fields }),
    child: () => log,
  };
  const order = await soldElsewhere('20260101000009', inMs(600_000));
  await (await open({ log })).trackOrder(order);
  const row = await world.app.deps.store.find(order.orderNo);
  expect(lines).toContainEqual(expect.objectContaining({ orderNo: order.orderNo, traceId: row?.traceId }));
});

/** The order as `timerState` expects it, with the job's id. */
async function rowOf(number: string, jobId: string) {
  const row = await world.app.deps.store.findByBizOrderNo(number);
  if (row === null) throw new Error('no such order');
  return { ...row, orderNo: jobId };
}

test('tracking an order again leaves it unchanged, and is refused if it differs', async () => {
  const autoclose = await open();
  const order = await soldElsewhere('20260101000002', inMs(600_000));
  expect(await autoclose.trackOrder(order)).toMatchObject({ kind: 'tracked' });
  expect(await autoclose.trackOrder(order)).toMatchObject({ kind: 'existing' });
  expect(await autoclose.trackOrder({ ...order, amountFen: 1 })).toEqual({
    kind: 'conflict',
    field: 'amount',
  });
  expect(await autoclose.trackOrder({ ...order, channel: 'ali_pay' })).toEqual({
    kind: 'channel_not_enabled',
  });
  await expect(autoclose.trackOrder({ ...order, orderNo: 'no such number' })).rejects.toThrow('orderNo');
});

test('a paid order of the shop is never closed, even if no notification arrived', async () => {
  const autoclose = await open();
  const order = await soldElsewhere('20260101000003', inMs(600_000));
  await autoclose.trackOrder(order);
  await world.simulator.control.pay(order.orderNo);
  expect(await autoclose.closeOrder(order.orderNo)).toMatchObject({
    kind: 'paid',
    order: { status: 'success' },
  });
  expect(await autoclose.findOrder(order.orderNo)).toMatchObject({ status: 'success', amountFen: 100 });
});

test('a failed onChange is retried with the same event id', async () => {
  const events: string[] = [];
  const autoclose = await open({
    async onChange({ eventId }) {
      events.push(eventId);
      if (events.length === 1) throw new Error('the shop is busy');
    },
  });
  const order = await soldElsewhere('20260101000004', inMs(600_000));
  await autoclose.trackOrder(order);
  await autoclose.closeOrder(order.orderNo, 'Li');
  autoclose.work();
  await until('the failure is on record', async () => {
    const [notice] = await world.app.notices.list(order.orderNo);
    return notice?.tries[0]?.outcome === 'unreachable' && notice.state === 'pending';
  });
  await world.query(`UPDATE merchant_notice SET next_at = NOW(3) WHERE order_no = '${order.orderNo}'`);
  await until('it is called again', () => events.length === 2);
  expect(events[1]).toBe(events[0]);
});

test('work runs one worker, for its own channels only, however often it is called, and none after close', async () => {
  const autoclose = await open();
  const workers = async (channel: ChannelName) => (await world.queue(channel).getWorkers()).length;
  const before = await workers('wechat_pay');
  autoclose.work();
  autoclose.work();
  await until('it works', async () => (await workers('wechat_pay')) > before);
  expect(await workers('wechat_pay')).toBe(before + 1);
  expect(await workers('union_pay')).toBe(0);
  await autoclose.close();
  autoclose.work();
  await until('it has ended', async () => (await workers('wechat_pay')) === before);
});

test('the program leaves the notices of a shop that embeds the library to that shop, and logs it', async () => {
  const autoclose = await open({ onChange: async () => {} });
  const order = await soldElsewhere('20260101000008', inMs(600_000));
  await autoclose.trackOrder(order);
  await autoclose.closeOrder(order.orderNo);
  const lines: string[] = [];
  const log: Logger = {
    ...createLogger('silent'),
    error: (_: object, text?: string) => void lines.push(text ?? ''),
  };
  const relay = startRelay(world.app, { log });
  await until('it is logged', () => lines.some((line) => line.includes('another program')));
  await relay.stop();
  const [notice] = await world.app.notices.list(order.orderNo);
  expect(notice).toMatchObject({ state: 'pending', attempts: 0 });
});

test('invalid options are refused before anything is opened', async () => {
  const { env } = world.simulator;
  expect(() => alipay({ appId: 'a', privateKey: 'none', publicKey: '', notifyUrl: '' })).toThrow(
    'privateKey: is neither',
  );
  const trust = { rootCert: 'none', middleCert: env.UNIONPAY_MIDDLE_CERT };
  expect(() =>
    unionPay({ merId: 'm', certId: '1', privateKey: env.UNIONPAY_PRIVATE_KEY, ...trust, notifyUrl: '' }),
  ).toThrow('rootCert: is neither');
  await expect(createAutoclose(options({ closeGraceMs: 0.5 }))).rejects.toThrow('closeGraceMs');
  await expect(createAutoclose(options({ redisPrefix: 'a:b' }))).rejects.toThrow('redisPrefix');
  const [wechat] = options().channels;
  if (wechat === undefined) throw new Error('no channel');
  await expect(createAutoclose(options({ channels: [wechat, wechat] }))).rejects.toThrow('is there twice');
  for (const name of ['own_', 'own_Mall', 'own_much_too_long_a_name'] as const) {
    const misnamed = () => ({ ...wechat({ now: () => new Date() }), name });
    await expect(createAutoclose(options({ channels: [misnamed] }))).rejects.toThrow(`channel ${name}`);
  }
});

test("defaults are those of the program's configuration", () => {
  const { databaseUrl, redisUrl } = options();
  const { server } = readConfig({
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    SIGN_SECRET: 's',
    PUBLIC_URL: 'http://a',
  });
  expect(engineSettings({ databaseUrl, redisUrl, channels: [] })).toMatchObject({
    redisPrefix: server.REDIS_PREFIX,
    expiresInMs: server.ORDER_EXPIRES_IN_S * 1000,
    closeGraceMs: server.CLOSE_GRACE_MS,
    latePaymentPolicy: server.LATE_PAYMENT_POLICY,
    closeConcurrency: server.CLOSE_CONCURRENCY,
    closesPerSecond: server.CHANNEL_CLOSES_PER_S,
    sweepIntervalMs: server.SWEEP_INTERVAL_MS,
  });
});
