import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOrder } from '../../src/order/create/create-order.ts';
import type { LateStatus } from '../../src/order/late-payment.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { readSnapshot } from '../../src/order/outbox/notice-snapshot.ts';
import type { CreateOrder } from '../../src/order/outcomes.ts';
import { until } from '../support/until.ts';
import { createWorld, orderRequest, type World } from '../support/world.ts';

/** The notices of an order's changes. No worker runs here, so nothing is sent. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const notifyUrl = 'http://shop.example/notify';
const create = (more: Partial<CreateOrder> = {}) => world.create('wechat_pay', { notifyUrl, ...more });
const notices = ({ orderNo }: PaymentOrder) => world.app.notices.list(orderNo);
const events = async (order: PaymentOrder) => (await notices(order)).map(({ event }) => event);
async function pay(order: PaymentOrder) {
  await world.simulator.control.pay(order.orderNo);
  await world.sync(order);
}

describe('one notice is written for each change of an order', () => {
  test('none when it is created', async () => {
    expect(await events(await create())).toEqual([]);
  });

  test('paid, with the order as it is then', async () => {
    const order = await create({ attach: '附' });
    await pay(order);
    const [notice, ...others] = await notices(order);
    expect(others).toEqual([]);
    expect(notice).toMatchObject({
      event: 'success',
      url: notifyUrl,
      state: 'pending',
      attempts: 0,
      tries: [],
    });
    const paid = await world.reload(order);
    expect(readSnapshot(notice?.snapshot ?? '')).toEqual({ ...paid, payBody: null });
  });

  test('closed', async () => {
    const order = await world.expire(await create());
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    expect(await events(order)).toEqual(['close']);
    await world.close(order);
    expect(await events(order)).toEqual(['close']);
  });

  test('cancelled before anybody paid', async () => {
    const order = await create();
    expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled' });
    expect(await events(order)).toEqual(['cancel']);
  });

  test('paid, then cancelled: the earlier notice still says paid', async () => {
    const order = await world.create('ali_pay', { notifyUrl });
    await pay(order);
    await world.cancel(order);
    await until('cancelled', async () => {
      await world.fire(order);
      return (await world.reload(order)).status === 'cancel';
    });
    expect(await events(order)).toEqual(['success', 'cancel']);
    const [paid] = await notices(order);
    expect(readSnapshot(paid?.snapshot ?? '').status).toBe('success');
  });

  test('a charge that is paid at its creation is a payment', async () => {
    world.simulator.control.settings.codePayAsksPassword = false;
    const authCode = '130000000000000001';
    const request = {
      ...orderRequest('wechat_pay', 'paid-at-once'),
      method: 'barcode',
      authCode,
      notifyUrl,
    } as const;
    const outcome = await createOrder(world.app.deps, request);
    if (outcome.kind !== 'created') throw new Error(outcome.kind);
    expect(await events(outcome.order)).toEqual(['success']);
  });
});

describe('no notice is written', () => {
  test.each([
    ['without an address', { notifyUrl: null }],
    ['for a merchant who wants none', { notNotify: true }],
  ])('%s', async (_name, more) => {
    const order = await create(more);
    await pay(order);
    expect((await world.reload(order)).status).toBe('success');
    expect(await events(order)).toEqual([]);
  });

  test('for an attempt that decides nothing', async () => {
    const order = await world.expire(await create());
    const hold = world.simulator.control.hold('close', order.orderNo, 'before');
    const closing = world.close(order);
    await hold.arrived;
    expect(await world.close(order)).toMatchObject({ kind: 'busy' });
    expect(await events(order)).toEqual([]);
    hold.release();
    await closing;
    expect(await events(order)).toEqual(['close']);
  });

  test('for a known payment', async () => {
    const order = await create();
    await pay(order);
    await world.sync(order);
    expect(await events(order)).toEqual(['success']);
  });
});

test('one is written for every step of a late payment: refunded, reopened, kept, or refunded after a cancel', async () => {
  const late = async (order: PaymentOrder, lateStatus: LateStatus) => {
    const payment = { channelTradeNo: `T${order.id}`, paidAt: new Date() };
    return world.app.deps.store.recordPayment(order, payment, {}, { now: new Date(), lateStatus });
  };
  const [returned, reopened, kept, cancelled] = await Promise.all([create(), create(), create(), create()]);
  await world.close(await world.expire(kept));
  await late(kept, 'close');
  await world.close(await world.expire(returned));
  await late(returned, 'refunding');
  await world.close(await world.expire(reopened));
  await late(reopened, 'success');
  await world.cancel(cancelled);
  await late(cancelled, 'close');
  expect(await events(returned)).toEqual(['close', 'refunding']);
  expect(await events(reopened)).toEqual(['close', 'success']);
  // Nothing has changed for the shop; a second notice would make it restock twice.
  expect(await events(kept)).toEqual(['close']);
  expect(await events(cancelled)).toEqual(['cancel', 'refunding']);
});

test('a payment that arrives during the close sends one notice, and none of a close', async () => {
  const orders = await Promise.all(Array.from({ length: 10 }, async () => world.expire(await create())));
  await Promise.all(
    orders.map(async (order) => {
      const hold = world.simulator.control.hold('close', order.orderNo, 'before');
      const closing = world.close(order);
      await hold.arrived;
      await world.simulator.control.pay(order.orderNo);
      const { tradeNo, paidAt } = world.simulator.control.order(order.orderNo) ?? {};
      if (!tradeNo || !paidAt) throw new Error('not paid');
      const payment = { channelTradeNo: tradeNo, paidAt: new Date(paidAt) };
      hold.release();
      await Promise.all([
        closing,
        ...Array.from({ length: 3 }, () =>
          world.app.deps.store.recordPayment(order, payment, {}, { now: new Date(), lateStatus: 'close' }),
        ),
      ]);
    }),
  );
  for (const order of orders) expect(await events(order)).toEqual(['success']);
});

test('an invalid address loses no payment', async () => {
  const order = await world.edit(await create(), { notifyUrl: `http://${'茶'.repeat(480)}/` });
  await pay(order);
  expect((await world.reload(order)).status).toBe('success');
  const other = await world.edit(await create(), { notifyUrl: 'shop' });
  await pay(other);
  expect(await notices(other)).toMatchObject([{ event: 'success', host: '' }]);
});

test('a repeatedly refused refund sends no notice twice', async () => {
  const order = await world.create('ali_pay', { notifyUrl });
  await pay(order);
  const { control } = world.simulator;
  const refusals = [
    ['cancel', 'ACQ.TRADE_CANCEL_TIME_OUT'],
    ['refund', 'ACQ.TRADE_HAS_FINISHED'],
  ] as const;
  for (const [operation, code] of refusals)
    control.addFault({ kind: 'error', status: 400, code, match: { operation, orderNo: order.orderNo } });
  expect(await world.cancel(order)).toMatchObject({ kind: 'refused' });
  expect(await world.cancel(order)).toMatchObject({ kind: 'refused' });
  expect(await events(order)).toEqual(['success']);
  control.clearFaults();
});
