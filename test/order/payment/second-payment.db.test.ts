import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { recordPayment } from '../../../src/order/payment/record-payment.ts';
import { createWorld, type World } from '../../support/world.ts';

/** A payment that matches no order, or not this one, is on a person's list at once. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.app.serve();
});
afterAll(() => world.end());

const control = () => world.simulator.control;
const channels = ['wechat_pay', 'ali_pay', 'union_pay'] as const;
const violations = async ({ orderNo }: PaymentOrder) =>
  (
    (await world.query('SELECT kind, order_no AS orderNo FROM violation')) as {
      kind: string;
      orderNo: string;
    }[]
  )
    .filter((each) => each.orderNo === orderNo)
    .map(({ kind }) => kind);
async function paid(channel: (typeof channels)[number]): Promise<PaymentOrder> {
  const order = await world.create(channel);
  await control().pay(order.orderNo);
  await control().notifications.delivered(order.orderNo);
  return world.reload(order);
}
function another(order: PaymentOrder) {
  const { orderNo, amountFen } = order;
  return { orderNo, amountFen, channelTradeNo: `SECOND${order.id}`, paidAt: new Date() };
}

describe.each(channels)('%s: a second payment under another number', (channel) => {
  test('of a paid order changes nothing, and is a violation, once', async () => {
    const order = await paid(channel);
    for (let times = 0; times < 2; times += 1)
      expect(await recordPayment(world.app.deps, order, another(order), {})).toBe('repeated');
    expect(await world.reload(order)).toEqual(order);
    expect(await violations(order)).toEqual(['paid_twice']);
  });

  test('by a notification is stored as such', async () => {
    const order = await paid(channel);
    const notification = {
      channel,
      eventId: `E${order.id}`,
      orderNo: order.orderNo,
      body: '{}',
      receivedAt: new Date(),
    };
    await recordPayment(world.app.deps, order, another(order), { notification });
    const kept = (await world.notifications()).find(({ eventId }) => eventId === notification.eventId);
    expect(kept).toMatchObject({ outcome: 'paid_twice' });
  });

  test('a repetition of the same payment is none', async () => {
    const order = await paid(channel);
    await control().notifications.resend(order.orderNo);
    await control().notifications.delivered(order.orderNo, { count: 2 });
    await world.sync(order);
    expect(await violations(order)).toEqual([]);
  });
});

test('a second payment of a late payment is one too', async () => {
  const order = await world.create('ali_pay');
  await world.close(order, 'api');
  await control().pay(order.orderNo);
  await control().notifications.delivered(order.orderNo);
  const late = await world.reload(order);
  await recordPayment(world.app.deps, late, another(late), {});
  expect(await violations(order)).toEqual(['paid_twice']);
});

describe.each(['progress', 'close', 'success'] as const)(
  'a payment of another amount, of an order that is %s',
  (status) => {
    test('leaves it unchanged, and is a violation at once', async () => {
      const order = await world.create('wechat_pay');
      await world.edit(order, { amountFen: 101, status });
      await control().pay(order.orderNo);
      await control().notifications.delivered(order.orderNo);
      expect((await world.reload(order)).status).toBe(status);
      expect(await violations(order)).toEqual(['mismatch']);
      const listed = await world.app.orderAdmin.listViolations({ limit: 100, after: null });
      expect(listed.rows.map(({ orderNo }) => orderNo)).toContain(order.orderNo);
    });
  },
);

test.each([
  ['a close', (order: PaymentOrder) => world.close(order, 'api')],
  ['its timer', (order: PaymentOrder) => world.fire(order)],
  ['a cancel', (order: PaymentOrder) => world.cancel(order)],
] as const)('a payment of another amount that %s finds is a violation at once', async (_, find) => {
  const order = await world.create('wechat_pay');
  control().notifications.drop(order.orderNo, 100);
  await control().pay(order.orderNo);
  await find(await world.expire(await world.edit(order, { amountFen: 101 })));
  expect(await violations(order)).toEqual(['mismatch']);
});

test('a payment of another amount that the last look finds is a violation at once', async () => {
  const order = await world.create('wechat_pay');
  control().notifications.drop(order.orderNo, 100);
  await control().pay(order.orderNo);
  const ended = { status: 'close', closedAt: new Date(), nextCloseAt: new Date(0), amountFen: 101 } as const;
  await world.fire(await world.edit(order, ended));
  expect(await violations(order)).toEqual(['mismatch']);
});
