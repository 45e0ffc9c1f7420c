import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runDueOrder } from '../../src/order/due/run-due-order.ts';
import { shownStatus } from '../../src/order/lifecycle.ts';
import type { OrderStatus, PaymentOrder } from '../../src/order/order.ts';
import { decideLatePayment } from '../../src/order/refund/decide-late.ts';
import { possibleActions } from '../../src/view/orders/actions.ts';
import { createWorld, somebody, type World } from '../support/world.ts';

/** A payment whose notification was lost and that was refunded before we knew of it. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
  control().settings.refundSettlesAfterMs = 0;
});
afterAll(() => world.end());

const control = () => world.simulator.control;
const eventsOf = async (order: PaymentOrder): Promise<OrderStatus[]> => {
  const rows = await world.query(
    `SELECT event FROM merchant_notice WHERE order_no = '${order.orderNo}' ORDER BY id`,
  );
  return (rows as { event: OrderStatus }[]).map(({ event }) => event);
};
async function paidUnnoticed(channel: 'wechat_pay' | 'ali_pay'): Promise<PaymentOrder> {
  const order = await world.create(channel, { notifyUrl: 'https://shop.example.com/notify' });
  control().notifications.drop(order.orderNo, 100);
  await control().pay(order.orderNo);
  return order;
}
/** Restores an earlier state of the database: without the payment, the cancel and the refund. */
async function forgetCancel(order: PaymentOrder): Promise<PaymentOrder> {
  await world.query(`DELETE FROM refund WHERE order_id = ${order.id}`);
  await world.query(`DELETE FROM merchant_notice WHERE order_id = ${order.id}`);
  const open = { status: 'progress', paidAt: null, closedAt: null, channelTradeNo: null } as const;
  return world.edit(order, { ...open, ending: 'expiry', nextCloseAt: order.expiresAt, watchUntil: null });
}

const ways = {
  'its timer': async (order: PaymentOrder) => {
    await world.expire(order);
    await world.fire(order);
  },
  'a close by the API': (order: PaymentOrder) => world.close(order, 'api'),
  'a sync': (order: PaymentOrder) => world.sync(order),
};

describe.each(Object.entries(ways))('found by %s', (_, find) => {
  test('refunded in full in Alipay’s back office: refunded, never success, and nothing to refund', async () => {
    const order = await paidUnnoticed('ali_pay');
    await control().refund(order.orderNo);
    await find(order);
    expect(await world.reload(order)).toMatchObject({
      status: 'refunded',
      paidAt: expect.any(Date),
      nextCloseAt: null,
      leaseToken: null,
    });
    expect(await eventsOf(order)).toEqual(['refunded']);
    expect(control().log({ operation: 'refund', orderNo: order.orderNo })).toEqual([]);
  });

  test.each(['wechat_pay', 'ali_pay'] as const)(
    '%s: refunded by our own cancel that the database has lost: refunded, never success',
    async (channel) => {
      const order = await paidUnnoticed(channel);
      expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: true });
      const before = control().log({ operation: 'refund', orderNo: order.orderNo }).length;
      await forgetCancel(order);
      await find(order);
      expect(await world.reload(order)).toMatchObject({ status: 'refunded', nextCloseAt: null });
      expect(await eventsOf(order)).toEqual(['refunded']);
      expect(control().log({ operation: 'refund', orderNo: order.orderNo })).toHaveLength(before);
    },
  );

  test('refunded in WeChat’s back office, which does not say how much: open, waits for a person, never success', async () => {
    const order = await paidUnnoticed('wechat_pay');
    await control().refund(order.orderNo, 40);
    await find(order);
    const after = await world.reload(order);
    expect(after).toMatchObject({ status: 'progress', retryReason: 'mismatch', stuckAt: expect.any(Date) });
    expect(after.ending).not.toBe('cancel');
    expect(await eventsOf(order)).toEqual([]);
  });

  test('our refund is still in progress: open until it is confirmed, then refunded', async () => {
    const order = await paidUnnoticed('wechat_pay');
    control().settings.refundSettlesAfterMs = 60_000;
    await world.cancel(order);
    control().settings.refundSettlesAfterMs = 0;
    await forgetCancel(order);
    await find(order);
    expect(await world.reload(order)).toMatchObject({ status: 'progress', retryReason: 'refunding' });
    await control().clock.advance(61_000);
    await world.expire(order);
    await world.fire(order);
    expect(await world.reload(order)).toMatchObject({ status: 'refunded', nextCloseAt: null });
  });

  test('paid, and nothing was returned: success, without another query', async () => {
    const order = await paidUnnoticed('wechat_pay');
    await find(order);
    expect(await world.reload(order)).toMatchObject({ status: 'success' });
    expect(control().log({ operation: 'refund_query', orderNo: order.orderNo })).toEqual([]);
  });
});

test.each(['unknown to us', 'known as paid'] as const)(
  'a cancel of an order (%s) that was refunded in WeChat’s back office: never success again, until a person has looked',
  async (known) => {
    const order = await paidUnnoticed('wechat_pay');
    if (known === 'known as paid') await world.sync(order);
    await control().refund(order.orderNo);
    expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'mismatch' });
    const after = await world.reload(order);
    expect(shownStatus(after)).toBe('refunding');
    expect(after.stuckAt).not.toBeNull();
    // For an unknown payment, the merchant is only notified of the refund.
    expect(await eventsOf(order)).toEqual([known === 'known as paid' ? 'success' : 'refunding']);
    expect(possibleActions(after, { hasNotices: false, now: new Date() })).toContain('late');
    const numbers = { orderNo: order.orderNo, bizOrderNo: null };
    expect(await decideLatePayment(world.app.deps, numbers, 'handled', somebody)).toMatchObject({
      kind: 'decided',
      status: 'cancel',
    });
    expect(await world.reload(order)).toMatchObject({ status: 'cancel', nextCloseAt: null, stuckAt: null });
    expect((await eventsOf(order)).at(-1)).toBe('cancel');
  },
);

test('a sync of a paid order that was fully refunded elsewhere makes it refunded, with one notice', async () => {
  const order = await paidUnnoticed('ali_pay');
  await world.sync(order);
  await control().refund(order.orderNo);
  expect(await world.sync(order)).toMatchObject({
    kind: 'synced',
    channelStatus: 'pay_refund',
    repaired: true,
  });
  await world.sync(order);
  expect(await eventsOf(order)).toEqual(['success', 'refunded']);
  expect(await world.reload(order)).toMatchObject({ status: 'refunded' });
});

test('a closed order whose late payment was fully refunded elsewhere needs no person and no refund', async () => {
  const manual = await world.openApp({ LATE_PAYMENT_POLICY: 'manual' });
  const order = await world.create('ali_pay', { notifyUrl: 'https://shop.example.com/notify' });
  control().notifications.drop(order.orderNo, 100);
  await world.close(order, 'manual');
  await control().pay(order.orderNo);
  await control().refund(order.orderNo);
  await world.edit(order, { nextCloseAt: new Date(0) });

  await runDueOrder(manual.deps, order.orderNo, somebody);
  expect(await world.reload(order)).toMatchObject({ status: 'refunded', latePaidAt: expect.any(Date) });
  expect(await eventsOf(order)).toEqual(['close', 'refunded']);
});
