import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordPayment } from '../../../src/order/payment/record-payment.ts';
import { createWorld, type World } from '../../support/world.ts';

const channels = ['wechat_pay', 'ali_pay'] as const;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.app.serve();
});
afterAll(() => world.end());

const notificationsOf = async (orderNo: string) =>
  (await world.notifications()).filter((notification) => notification.orderNo === orderNo);

describe.each(channels)('%s: a payment notification', (channel) => {
  test('makes its order paid, clears its timer and is stored before it is acknowledged', async () => {
    const { control } = world.simulator;
    const order = await world.create(channel);
    const delivered = control.notifications.delivered(order.orderNo);
    await control.pay(order.orderNo);
    expect(await delivered).toMatchObject({ accepted: true });

    const paid = await world.reload(order);
    expect(paid).toMatchObject({ status: 'success', nextCloseAt: null });
    expect(paid.channelTradeNo).toBe(control.order(order.orderNo)?.tradeNo);
    expect(paid.paidAt).toBeInstanceOf(Date);
    expect(await notificationsOf(order.orderNo)).toMatchObject([{ outcome: 'recorded' }]);
    expect(await world.timerState(order)).toBe('unknown');
  });

  test('repeated is acknowledged and changes nothing', async () => {
    const { control } = world.simulator;
    const order = await world.create(channel);
    await control.pay(order.orderNo);
    await control.notifications.delivered(order.orderNo);
    const paid = await world.reload(order);
    await control.notifications.resend(order.orderNo);
    expect(await control.notifications.delivered(order.orderNo, { count: 2 })).toMatchObject({
      accepted: true,
    });
    expect(await world.reload(order)).toEqual(paid);
    expect(await notificationsOf(order.orderNo)).toHaveLength(1);
  });

  test.each(['tamper', 'badSignature'] as const)(
    'that was forged (%s) is refused and changes nothing',
    async (fault) => {
      const { control } = world.simulator;
      const order = await world.create(channel);
      control.notifications[fault](order.orderNo);
      await control.pay(order.orderNo);
      expect(await control.notifications.delivered(order.orderNo)).toMatchObject({ accepted: false });
      expect((await world.reload(order)).status).toBe('progress');
      expect(await notificationsOf(order.orderNo)).toEqual([]);

      await control.notifications.flush();
      expect((await world.reload(order)).status).toBe('success');
    },
  );

  test('with another amount is stored, and the order waits for a person', async () => {
    const { control } = world.simulator;
    const order = await world.create(channel);
    await world.edit(order, { amountFen: 99 });
    await control.pay(order.orderNo);
    expect(await control.notifications.delivered(order.orderNo)).toMatchObject({ accepted: true });
    expect((await world.reload(order)).status).toBe('progress');
    expect(await notificationsOf(order.orderNo)).toMatchObject([{ outcome: 'mismatch' }]);
  });

  test('for an unknown order is stored and not acknowledged', async () => {
    const { control } = world.simulator;
    const order = await world.create(channel);
    await world.edit(order, { orderNo: `gone${order.id}` });
    await control.pay(order.orderNo);
    expect(await control.notifications.delivered(order.orderNo)).toMatchObject({ accepted: false });
    expect(await notificationsOf(order.orderNo)).toMatchObject([{ outcome: 'unknown_order' }]);
  });

  test('for a closed order is recorded as a late payment, once', async () => {
    const { control } = world.simulator;
    const order = await world.create(channel);
    await world.edit(order, { status: 'close', closedAt: new Date(), nextCloseAt: null });
    await control.pay(order.orderNo);
    expect(await control.notifications.delivered(order.orderNo)).toMatchObject({ accepted: true });
    const late = await world.reload(order);
    expect(late.status).toBe('refunding');
    expect(late.latePaidAt).toBeInstanceOf(Date);
    await control.notifications.resend(order.orderNo);
    expect(await world.reload(order)).toEqual(late);
    expect(await notificationsOf(order.orderNo)).toMatchObject([{ outcome: 'late' }]);
  });
});

describe.each(channels)('%s: a payment that is recorded during a close wins', (channel) => {
  const instants = [
    ['close', 'before'],
    ['close', 'after'],
    ['query', 'before'],
    ['query', 'after'],
  ] as const;

  test.each(instants)('at the %s call, %s its effect', async (operation, when) => {
    const { control } = world.simulator;
    const order = await world.expire(await world.create(channel));
    const hold = control.hold(operation, order.orderNo, when);
    const closing = world.close(order);
    await hold.arrived;
    if (operation === 'close' && when === 'before') {
      await control.pay(order.orderNo);
      await control.notifications.delivered(order.orderNo);
    } else {
      // The channel has closed it and reports no payment any more: only the guard protects it.
      const payment = { orderNo: order.orderNo, channelTradeNo: 'T1', amountFen: 100, paidAt: new Date() };
      const notification = { channel, eventId: order.orderNo, orderNo: order.orderNo, body: '{}' };
      await recordPayment(world.app.deps, order, payment, {
        notification: { ...notification, receivedAt: new Date() },
      });
    }
    hold.release();

    expect((await closing).kind).toMatch(/^(paid|ended)$/);
    expect(await world.reload(order)).toMatchObject({ status: 'success', closedAt: null, nextCloseAt: null });
    const records = await world.records(order);
    expect(records.map((record) => record.statusAfter)).toEqual(['success']);
  });
});

test('when it cannot be stored, a notification is not acknowledged', async () => {
  const { control } = world.simulator;
  const order = await world.create('wechat_pay');
  await world.query('RENAME TABLE channel_notification TO elsewhere');
  await control.pay(order.orderNo);
  expect(await control.notifications.delivered(order.orderNo)).toMatchObject({
    accepted: false,
    status: 500,
  });
  expect((await world.reload(order)).status).toBe('progress');

  await world.query('RENAME TABLE elsewhere TO channel_notification');
  await control.notifications.flush();
  expect((await world.reload(order)).status).toBe('success');
});
