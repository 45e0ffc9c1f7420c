import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { receiveNotification } from '../../../src/order/payment/receive-notification.ts';
import { notificationText, signText } from '../../../src/sandbox/simulator/alipay/protocol/signing.ts';
import { toBeijing } from '../../../src/sandbox/simulator/format/beijing-time.ts';
import { signed } from '../../../src/sandbox/simulator/unionpay/signing.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Correctly signed notifications that are not exactly a payment of their order: only a query is trusted. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const control = () => world.simulator.control;
const digits = (at: Date) => toBeijing(at.getTime()).replaceAll(/\D/g, '');
const form = (fields: Record<string, string>) => ({
  headers: {},
  body: Buffer.from(new URLSearchParams(fields).toString()),
});
let count = 0;

function byUnionpay(order: PaymentOrder, change: Record<string, string>) {
  count += 1;
  const { keys } = world.simulator;
  const fields = {
    version: '5.1.0',
    encoding: 'UTF-8',
    signMethod: '01',
    txnType: '01',
    merId: keys.unionpay.merId,
    orderId: order.orderNo,
    txnTime: digits(order.createdAt),
    txnAmt: String(order.amountFen),
    currencyCode: '156',
    queryId: `Q${count}`,
    respCode: '00',
    ...change,
  };
  return form(signed(keys, fields, null));
}

function byAlipay(order: PaymentOrder, change: Record<string, string>) {
  count += 1;
  const { appId, sellerId, platform } = world.simulator.keys.alipay;
  const params = {
    app_id: appId,
    seller_id: sellerId,
    notify_id: `N${count}`,
    out_trade_no: order.orderNo,
    trade_no: `T${count}`,
    trade_status: 'TRADE_SUCCESS',
    total_amount: '1.00',
    gmt_payment: toBeijing(Date.now()),
    ...change,
  };
  return form({
    ...params,
    sign_type: 'RSA2',
    sign: signText(notificationText(params), platform.privateKey),
  });
}

const kept = async ({ orderNo }: PaymentOrder) =>
  (await world.notifications()).filter((each) => each.orderNo === orderNo).map(({ outcome }) => outcome);

const contradictions = [
  ['union_pay', byUnionpay, { origRespCode: '66' }],
  ['union_pay', byUnionpay, { origRespCode: '05' }],
  ['union_pay', byUnionpay, { origRespCode: '34' }],
  ['union_pay', byUnionpay, { txnTime: '20260101000000' }],
  ['union_pay', byUnionpay, { currencyCode: '840' }],
  ['union_pay', byUnionpay, { respCode: '05' }],
  ['ali_pay', byAlipay, { refund_fee: '1.00' }],
  ['ali_pay', byAlipay, { trade_status: 'TRADE_CLOSED' }],
  ['ali_pay', byAlipay, { gmt_payment: '' }],
] as const;

describe.each(contradictions)('%s, signed rightly', (channel, compose, change) => {
  const receive = (order: PaymentOrder) =>
    receiveNotification(world.app.deps, channel, compose(order, change));
  const accepted = () => world.app.deps.channels.get(channel)?.replies.accepted;

  test(`with ${JSON.stringify(change)} for an unpaid order: stored, queried, and not paid`, async () => {
    const order = await world.create(channel);
    expect(await receive(order)).toEqual(accepted());
    expect(await kept(order)).toEqual(['doubtful']);
    const asked = await world.reload(order);
    expect(asked).toMatchObject({ status: 'progress', paidAt: null });
    expect(asked.nextCloseAt?.getTime()).toBeLessThanOrEqual(Date.now());
    expect(['waiting', 'delayed', 'prioritized']).toContain(await world.timerState(order));
    await world.fire(order);
    expect((await world.reload(order)).status).toBe('progress');
    expect(control().log({ operation: 'query', orderNo: order.orderNo }).length).toBeGreaterThan(0);
  });

  test(`with ${JSON.stringify(change)} about an order that was paid: the query makes it paid`, async () => {
    const order = await world.create(channel);
    control().notifications.drop(order.orderNo, 100);
    await control().pay(order.orderNo);
    await receive(order);
    expect((await world.reload(order)).status).toBe('progress');
    await world.fire(order);
    expect((await world.reload(order)).status).toBe('success');
  });
});

test.each([
  ['union_pay', byUnionpay],
  ['ali_pay', byAlipay],
] as const)('%s: only an exact payment is trusted', async (channel, compose) => {
  const order = await world.create(channel);
  await receiveNotification(world.app.deps, channel, compose(order, {}));
  expect((await world.reload(order)).status).toBe('success');
});

test('for an order that has ended: it is queried at once, and again at its regular time', async () => {
  const order = await world.create('ali_pay');
  await world.close(order, 'manual');
  await world.edit(order, { watchUntil: null, nextCloseAt: new Date(Date.now() + 86_400_000) });
  await receiveNotification(world.app.deps, 'ali_pay', byAlipay(order, { trade_status: 'WAIT_BUYER_PAY' }));
  expect((await world.reload(order)).nextCloseAt?.getTime()).toBeLessThanOrEqual(Date.now());
  await world.fire(order);
  expect((await world.reload(order)).nextCloseAt?.getTime()).toBeGreaterThan(Date.now() + 3_600_000);
});

test('that arrives after an attempt’s query leads to another query', async () => {
  const order = await world.expire(await world.create('union_pay'), 600_000);
  await world.edit(order, { createdAt: new Date(Date.now() - 600_000) });
  const due = await world.reload(order);
  const held = control().hold('query', order.orderNo, 'after');
  const closing = world.fire(due);
  await held.arrived;
  await receiveNotification(world.app.deps, 'union_pay', byUnionpay(due, { origRespCode: '05' }));
  const { leaseUntil } = await world.reload(order);
  held.release();
  await closing;
  const after = await world.reload(order);
  if (leaseUntil === null) throw new Error('no lease');
  expect(after.nextCloseAt?.getTime()).toBeLessThanOrEqual(leaseUntil.getTime());
});

test('with the same number as a payment that is verified later gives way to it', async () => {
  const order = await world.create('union_pay');
  const number = { queryId: `SAME${order.id}` };
  await receiveNotification(
    world.app.deps,
    'union_pay',
    byUnionpay(order, { ...number, origRespCode: '05' }),
  );
  await receiveNotification(world.app.deps, 'union_pay', byUnionpay(order, number));
  expect((await world.reload(order)).status).toBe('success');
  expect(await kept(order)).toEqual(['recorded']);
});

test.each([
  ['of another merchant', { merId: '000000000000000' }],
  ['of another sub-type', { txnSubType: '99' }],
] as const)('%s is stored and queried', async (_, change) => {
  const order = await world.create('union_pay');
  expect(await receiveNotification(world.app.deps, 'union_pay', byUnionpay(order, change))).toMatchObject({
    status: 200,
  });
  expect(await kept(order)).toEqual(['doubtful']);
  expect((await world.reload(order)).nextCloseAt?.getTime()).toBeLessThanOrEqual(Date.now());
});
