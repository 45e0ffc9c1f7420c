import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { openShop } from '../../src/sandbox/quickstart/shop.ts';
import { addUser, createVisitor } from '../admin/visitor.ts';
import { type Merchant, openMerchant } from '../notice/merchant.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

const OPEN_ID = 'oSecretCustomer00000000000009';
const BUYER_ID = '2088777000000666';
const AUTH_CODE = '130000000000000001';
const SECRET = 'a-sign-secret-that-nobody-may-read';

let world: World;
let app: App;
let merchant: Merchant;
let folder: string;
beforeAll(async () => {
  world = await createWorld({ SIGN_SECRET: SECRET, NOTICE_ALLOW_PRIVATE: 'true' });
  merchant = await openMerchant();
  folder = await mkdtemp(join(tmpdir(), 'autoclose-log-'));
  const config = readConfig({ ...world.env, LOG_LEVEL: 'debug' });
  app = await openApp(config, createLogger('debug', { file: join(folder, 'log') }));
  await app.serve();
});
afterAll(async () => {
  await app.close();
  await merchant.end();
  await world.end();
  await rm(folder, { recursive: true });
});

async function call(path: string, members: Record<string, unknown>): Promise<void> {
  const url = world.env.PUBLIC_URL ?? '';
  const body = openShop(url, { signSecret: SECRET, signType: 'HMAC_SHA256' }).signed(members);
  await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}

let count = 0;
async function pay(members: Record<string, unknown>): Promise<PaymentOrder> {
  count += 1;
  const bizOrderNo = `L${count}`;
  const all = { bizOrderNo, title: 't', channel: 'wechat_pay', method: 'qrcode', amount: 100, ...members };
  await call('/unipay/pay', { ...all, notifyUrl: `${merchant.url}/n` });
  const order = await app.deps.store.findByBizOrderNo(bizOrderNo);
  if (order === null) throw new Error(`not created: ${bizOrderNo}`);
  return order;
}

/** An action on an order at the admin page. */
async function act({ orderNo }: PaymentOrder, action: string): Promise<void> {
  const visitor = createVisitor(world.env.PUBLIC_URL ?? '');
  await addUser(app, `by-${action}`, 'operator');
  await visitor.logIn(`by-${action}`);
  expect((await visitor.post(`/admin/api/orders/${orderNo}/${action}`)).status).toBe(200);
}

const ended = (order: PaymentOrder, status: string) =>
  until(`${order.bizOrderNo} is ${status}`, async () => (await world.reload(order)).status === status);

test('every log line about an order has its trace, and none contains a secret or personal data', async () => {
  const { control } = world.simulator;
  const paid = await pay({ method: 'jsapi', openId: OPEN_ID });
  const charged = await pay({ method: 'barcode', authCode: AUTH_CODE });
  const bought = await pay({ channel: 'ali_pay', method: 'jsapi', openId: BUYER_ID });
  const closed = await pay({});
  const cancelled = await pay({ channel: 'ali_pay' });
  const late = await pay({});
  const expired = await pay({});
  const forgotten = await pay({});
  const byPage = await pay({});
  await pay({ channel: 'union_pay' });
  await control.pay(paid.orderNo);
  await control.pay(bought.orderNo);
  await ended(paid, 'success');
  await call('/unipay/close', { bizTradeNo: closed.bizOrderNo, orderNo: closed.orderNo });
  await control.pay(cancelled.orderNo);
  await ended(cancelled, 'success');
  await call('/unipay/cancel', { orderNo: cancelled.orderNo });
  await call('/unipay/syncPay', { orderNo: charged.orderNo });
  await call('/unipay/close', { orderNo: 'no-such-order', sign: 'wrong' });
  await fetch(`${world.env.PUBLIC_URL}/notify/wechat_pay`, { method: 'POST', body: '{"forged":true}' });
  // Paid after its close: forged here, because no gateway lets that happen.
  await world.edit(late, { status: 'close', closedAt: late.createdAt, nextCloseAt: null });
  await control.pay(late.orderNo);
  await until('the late payment is recorded', async () => (await world.reload(late)).latePaidAt !== null);
  await act(byPage, 'close');
  await act(byPage, 'resend');
  // The queue is emptied, as when Redis is lost: the sweep finds the due orders.
  for (const channel of ['wechat_pay', 'ali_pay'] as const) await world.queue(channel).obliterate();
  await world.expire(expired);
  await world.expire(forgotten);
  const match = { operation: 'close', orderNo: forgotten.orderNo, times: 1 } as const;
  control.addFault({ kind: 'status', status: 500, match });
  app.work();
  await ended(expired, 'close');
  await until('the refund is requested', async () => (await world.refunds(late)).length > 0);
  await until('merchants get their notices', async () => merchant.received.length >= 6);
  await app.close();

  const text = readFileSync(join(folder, 'log'), 'utf8');
  const lines: Record<string, unknown>[] = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const traces = new Map<unknown, string | null>();
  for (const order of [paid, charged, bought, closed, cancelled, late, expired, forgotten, byPage])
    traces.set(order.orderNo, order.traceId);
  expect(new Set(traces.values()).size).toBe(9);
  const about = lines.filter(({ orderNo, msg }) => traces.has(orderNo) && msg !== 'api call');
  expect(about.length).toBeGreaterThan(20);
  expect(about.filter(({ orderNo, traceId }) => traceId !== traces.get(orderNo))).toEqual([]);
  // The trace id that a merchant gets for a request leads to the request and to the order's trace.
  const ofClose = about.find(({ orderNo, msg }) => orderNo === closed.orderNo && msg === 'order closed');
  const asked = lines.find(({ orderNo, operation }) => orderNo === closed.orderNo && operation === 'close');
  expect(ofClose?.requestTraceId).toBe(asked?.traceId);
  // So do actions at the admin page.
  for (const msg of ['order closed', 'merchant notices requeued']) {
    const line = lines.find(
      (each) => [each.orderNo, each.reference].includes(byPage.orderNo) && each.msg === msg,
    );
    expect(line).toMatchObject({
      traceId: byPage.traceId,
      requestTraceId: expect.stringMatching(/^\w{32}$/),
    });
    expect(line?.requestTraceId).not.toBe(byPage.traceId);
  }
  expect(text.match(/"traceId":/g)?.length).toBeLessThanOrEqual(lines.length);

  const keys = Object.entries(world.env)
    .filter(([name]) => /SECRET|PRIVATE_KEY|API_V3_KEY/.test(name))
    .flatMap(([, value]) => value.split('\n').filter((line) => line.length > 20 || value === line));
  const customers = [
    OPEN_ID,
    BUYER_ID,
    AUTH_CODE,
    'oSimulatedCustomer',
    '2088000000009999',
    'sim***@example.com',
  ];
  for (const secret of [...keys, ...customers, SECRET])
    expect(text.includes(secret.trim()), 'a secret or a customer').toBe(false);
});
