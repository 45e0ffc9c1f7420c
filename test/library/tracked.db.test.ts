import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Autoclose, alipay, createAutoclose, unionPay, wechatPay } from '../../src/index.ts';
import { createOrder } from '../../src/order/create/create-order.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { adapters, anOrder, anybody } from '../channel/support.ts';
import { createWorld, orderRequest, type World } from '../support/world.ts';

const SHOP = 'https://shop.example.com/notify';

let world: World;
let autoclose: Autoclose;
beforeAll(async () => {
  world = await createWorld();
  const { env } = world.simulator;
  autoclose = await createAutoclose({
    databaseUrl: world.env.DATABASE_URL ?? '',
    redisUrl: world.env.REDIS_URL ?? '',
    redisPrefix: world.env.REDIS_PREFIX ?? '',
    closeGraceMs: 0,
    log: createLogger('silent'),
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
        notifyUrl: SHOP,
      }),
      alipay({
        appId: env.ALIPAY_APP_ID,
        privateKey: env.ALIPAY_PRIVATE_KEY,
        publicKey: env.ALIPAY_PUBLIC_KEY,
        endpoint: env.ALIPAY_ENDPOINT,
        notifyUrl: SHOP,
      }),
      unionPay({
        merId: env.UNIONPAY_MER_ID,
        certId: env.UNIONPAY_CERT_ID,
        privateKey: env.UNIONPAY_PRIVATE_KEY,
        rootCert: env.UNIONPAY_ROOT_CERT,
        middleCert: env.UNIONPAY_MIDDLE_CERT,
        baseUrl: env.UNIONPAY_BASE_URL,
        production: false,
        notifyUrl: SHOP,
      }),
    ],
  });
});
afterAll(async () => {
  await autoclose?.close();
  await world?.end();
});

let count = 0;
/** An order that the shop created itself some seconds ago, and has not reported yet. */
async function soldElsewhere(channel: keyof typeof adapters) {
  count += 1;
  const orderNo = `SHOP202601010000${count}`;
  const expiresAt = new Date(Date.now() + 600_000);
  const createdAt = new Date(Date.now() - 3_000);
  const order = anOrder({ orderNo, expiresAt, createdAt, amountFen: 100 });
  expect((await adapters[channel](world.simulator).create(order, anybody)).kind).toBe('created');
  return { orderNo, channel, method: 'qrcode', amountFen: 100, expiresAt, createdAt } as const;
}

/** In our database it expired long ago. */
async function expireLongAgo(orderNo: string): Promise<void> {
  await world.query(`UPDATE payment_order SET next_close_at = UTC_TIMESTAMP(3) - INTERVAL 500 SECOND,
    expires_at = UTC_TIMESTAMP(3) - INTERVAL 600 SECOND WHERE order_no = '${orderNo}'`);
}

test.each(['wechat_pay', 'ali_pay', 'union_pay'] as const)(
  'a tracked order of %s that was paid without a notification becomes paid, and is never closed',
  async (channel) => {
    const order = await soldElsewhere(channel);
    expect(await autoclose.trackOrder(order)).toMatchObject({ kind: 'tracked' });
    await world.simulator.control.pay(order.orderNo);
    await expireLongAgo(order.orderNo);
    expect(await autoclose.closeOrder(order.orderNo)).toMatchObject({ kind: 'paid' });
  },
);

test('a paid UnionPay order whose txnTime is off by a second is left to a person', async () => {
  const order = await soldElsewhere('union_pay');
  const createdAt = new Date(order.createdAt.getTime() + 1_000);
  await autoclose.trackOrder({ ...order, channel: 'union_pay', createdAt });
  await world.simulator.control.pay(order.orderNo);
  await expireLongAgo(order.orderNo);
  const outcome = await autoclose.closeOrder(order.orderNo);
  expect(outcome).toMatchObject({ kind: 'pending', reason: 'not_confirmed' });
  expect(await autoclose.findOrder(order.orderNo)).toMatchObject({ status: 'progress' });
});

test('a UnionPay order cannot be tracked without its txnTime', async () => {
  const { createdAt: _, ...order } = await soldElsewhere('union_pay');
  // @ts-expect-error: the type requires it too.
  await expect(autoclose.trackOrder({ ...order, channel: 'union_pay' })).rejects.toThrow('createdAt');
  expect(await autoclose.findOrder(order.orderNo)).toBeNull();
});

const inSeconds = (ms: number) => new Date(Math.floor(ms / 1000));
test.each([
  [
    'seconds taken for milliseconds',
    () => inSeconds(Date.now() + 600_000),
    /^expiresAt: is 1970-.*seconds taken for milliseconds/,
  ],
  [
    'milliseconds taken for seconds',
    () => new Date((Date.now() + 600_000) * 1000),
    /^expiresAt: is .*over a year away/,
  ],
  ['the year 9999', () => new Date('9999-12-31T23:59:59Z'), /^expiresAt: is 9999-.*over a year away/],
  ['no moment', () => new Date('tomorrow'), /^expiresAt: must be a moment/],
  ['no Date', () => 1_790_000_000 as unknown as Date, /^expiresAt: must be a moment/],
])('an expiry that is %s is rejected, and nothing is closed', async (_what, of, says) => {
  const order = await soldElsewhere('wechat_pay');
  const expiresAt = of();
  await expect(autoclose.trackOrder({ ...order, expiresAt })).rejects.toThrow(says);
  expect(await autoclose.findOrder(order.orderNo)).toBeNull();
  const { channel, method, amountFen } = order;
  const request = { bizOrderNo: `${order.orderNo}-N`, channel, method, amountFen, title: 'tea', expiresAt };
  await expect(autoclose.createOrder(request)).rejects.toThrow(says);
  expect(await autoclose.findOrder(request.bizOrderNo)).toBeNull();
  const created = await createOrder(world.app.deps, {
    ...orderRequest('wechat_pay', request.bizOrderNo),
    expiresAt,
  });
  expect(created).toMatchObject({ kind: 'expiry_invalid', message: expect.stringMatching(/^expiredTime /) });
  expect(world.simulator.control.order(order.orderNo)?.payable).toBe(true);
});

test('a txnTime in seconds is rejected too', async () => {
  const order = await soldElsewhere('union_pay');
  const createdAt = inSeconds(order.createdAt.getTime());
  const tracking = autoclose.trackOrder({ ...order, channel: 'union_pay', createdAt });
  await expect(tracking).rejects.toThrow(/^createdAt: is 1970-/);
});
