import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../src/order/order.ts';
import { createWorld, type World } from '../support/world.ts';

const channels = ['wechat_pay', 'ali_pay'] as const;

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const control = () => world.simulator.control;
async function payUnnoticed(order: PaymentOrder): Promise<void> {
  control().notifications.drop(order.orderNo, 100);
  await control().pay(order.orderNo);
}

describe.each(channels)('%s: a sync', (channel) => {
  test('of an order paid there makes it paid here', async () => {
    const order = await world.create(channel);
    await payUnnoticed(order);
    expect(await world.sync(order)).toMatchObject({
      kind: 'synced',
      channelStatus: 'pay_success',
      repaired: true,
      order: { status: 'success', nextCloseAt: null },
    });
    expect(await world.records(order)).toMatchObject([{ closeType: 'sync', outcome: 'paid' }]);
  });

  test('of an unpaid order changes nothing, and leaves the lease free', async () => {
    const order = await world.create(channel);
    await control().scan(order.orderNo);
    expect(await world.sync(order)).toMatchObject({ channelStatus: 'pay_progress', repaired: false });
    const { closeAttempts, ...after } = await world.reload(order);
    const { closeAttempts: _, ...before } = order;
    expect(after).toEqual(before);
    expect(closeAttempts).toBe(1);
  });

  test('of an expired unpaid order closes it', async () => {
    const order = await world.expire(await world.create(channel));
    await control().scan(order.orderNo);
    expect(await world.sync(order)).toMatchObject({
      channelStatus: 'pay_closed',
      order: { status: 'close' },
    });
    expect(control().order(order.orderNo)?.payable).toBe(false);
  });

  test('of an order closed there closes it here', async () => {
    const order = await world.create(channel);
    await control().scan(order.orderNo);
    await world.close(order, 'manual');
    await world.edit(order, { status: 'progress' });
    expect(await world.sync(order)).toMatchObject({
      channelStatus: 'pay_closed',
      order: { status: 'close' },
    });
  });

  test('of a closed order that was paid records the late payment', async () => {
    const order = await world.create(channel);
    await world.edit(order, { status: 'close', nextCloseAt: null });
    await payUnnoticed(order);
    expect(await world.sync(order)).toMatchObject({ channelStatus: 'pay_success', repaired: true });
    expect((await world.reload(order)).latePaidAt).toBeInstanceOf(Date);
  });

  test('of a closed order that is still payable closes it at the channel again', async () => {
    const order = await world.create(channel);
    await control().scan(order.orderNo);
    await world.edit(order, { status: 'close', nextCloseAt: null });
    expect(await world.sync(order)).toMatchObject({ channelStatus: 'pay_progress' });
    expect((await world.reload(order)).watchUntil).toBeInstanceOf(Date);
    await world.fire(order);
    expect(control().order(order.orderNo)?.payable).toBe(false);
  });

  test('without an answer changes nothing', async () => {
    const order = await world.create(channel);
    const outage = control().addFault({ kind: 'reset', match: { orderNo: order.orderNo } });
    expect(await world.sync(order)).toMatchObject({ kind: 'unreachable', reason: 'unreachable' });
    expect(await world.reload(order)).toMatchObject({ status: 'progress', leaseToken: null });
    outage.remove();
  });

  test('of a refunded order says so', async () => {
    const order = await world.create(channel);
    await payUnnoticed(order);
    await control().refund(order.orderNo);
    expect(await world.sync(order)).toMatchObject({
      channelStatus: 'pay_refund',
      // WeChat Pay does not say how much was refunded: neither paid nor refunded, until a person has looked.
      order: { status: channel === 'ali_pay' ? 'refunded' : 'progress' },
    });
  });

  test('and a close exclude each other', async () => {
    const order = await world.create(channel);
    const hold = control().hold('query', order.orderNo, 'before');
    const syncing = world.sync(order);
    await hold.arrived;
    expect(await world.close(order, 'api')).toMatchObject({ kind: 'busy' });
    hold.release();
    await syncing;
  });
});

test('a payment that arrives while a sync finds the closed order payable is recorded, and the watch ends', async () => {
  const order = await world.create('wechat_pay');
  await world.edit(order, { status: 'close', nextCloseAt: null });
  const hold = control().hold('query', order.orderNo, 'after');
  const syncing = world.sync(order);
  await hold.arrived;
  await payUnnoticed(order);
  const payment = { channelTradeNo: 'T1', paidAt: new Date() };
  const notification = { channel: order.channel, eventId: order.orderNo, orderNo: order.orderNo, body: '{}' };
  await world.app.deps.store.recordPayment(
    order,
    payment,
    { notification: { ...notification, receivedAt: new Date() } },
    { now: new Date(), lateStatus: 'close' },
  );
  hold.release();
  await syncing;
  expect(await world.reload(order)).toMatchObject({ status: 'close', nextCloseAt: null, watchUntil: null });
  // If it is due anyway, one query ends it.
  expect(await world.fire(await world.edit(order, { watchUntil: new Date(Date.now() + 60_000) }))).toBeNull();
});
