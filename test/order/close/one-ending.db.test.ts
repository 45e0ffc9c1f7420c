import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { requestCancel, requestClose } from '../../../src/order/requests/close-cancel-sync.ts';
import { createWorld, somebody, type World } from '../../support/world.ts';

/** An unpaid order ends once: a shop that restocks on each event restocks once. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.app.serve();
  control().settings.refundSettlesAfterMs = 0;
});
afterAll(() => world.end());

const control = () => world.simulator.control;
const channels = ['wechat_pay', 'ali_pay'] as const;
const create = (channel: (typeof channels)[number]) =>
  world.create(channel, { notifyUrl: 'https://shop.example.com/notify' });
async function events(order: PaymentOrder): Promise<string[]> {
  const rows = await world.query(
    `SELECT event FROM merchant_notice WHERE order_no = '${order.orderNo}' ORDER BY id`,
  );
  return (rows as { event: string }[]).map(({ event }) => event);
}
const numbers = (order: PaymentOrder) => ({ orderNo: order.orderNo, bizOrderNo: null });
const operations = {
  close: (order: PaymentOrder) => requestClose(world.app.deps, numbers(order), somebody),
  cancel: (order: PaymentOrder) => requestCancel(world.app.deps, numbers(order), somebody),
  sync: (order: PaymentOrder) => world.sync(order),
  timer: (order: PaymentOrder) => world.fire(order),
};

describe.each(channels)('%s', (channel) => {
  test('close, cancel, sync and the timer at once, then a cancel again: one event', async () => {
    const order = await create(channel);
    await world.expire(order);
    await Promise.all(Object.values(operations).map((run) => run(order)));
    await world.fire(order);
    await operations.cancel(order);
    await operations.cancel(order);
    await operations.close(order);
    const { status } = await world.reload(order);
    expect(await events(order)).toEqual([status]);
    expect(control().order(order.orderNo)?.refundedFen ?? 0).toBe(0);
  });

  test.each(['close', 'cancel'] as const)('%s, then each of the others: one event', async (first) => {
    const order = await create(channel);
    await operations[first](order);
    for (const run of Object.values(operations)) await run(order);
    expect(await events(order)).toEqual([first]);
    expect((await world.reload(order)).status).toBe(first);
  });
});

test('a cancel of a softly closed order succeeds, and a late payment is refunded under any policy', async () => {
  const order = await create('ali_pay');
  await operations.close(order);
  const records = (await world.records(order)).length;
  for (let times = 0; times < 3; times += 1)
    expect(await operations.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: false });
  expect(await world.records(order)).toHaveLength(records + 1);
  expect(await world.reload(order)).toMatchObject({ status: 'close', ending: 'cancel' });

  await control().pay(order.orderNo);
  await control().notifications.delivered(order.orderNo);
  await world.fire(order);
  expect(await world.reload(order)).toMatchObject({ status: 'refunded' });
  expect(await events(order)).toEqual(['close', 'refunding', 'refunded']);
});

test('a late payment that waits for a person is not a second close', async () => {
  const manual = await createWorld({ LATE_PAYMENT_POLICY: 'manual' });
  try {
    await manual.app.serve();
    const order = await manual.create('ali_pay', { notifyUrl: 'https://shop.example.com/notify' });
    await manual.close(order, 'api');
    await manual.simulator.control.pay(order.orderNo);
    await manual.simulator.control.notifications.delivered(order.orderNo);
    expect(await manual.reload(order)).toMatchObject({ status: 'close', latePaidAt: expect.any(Date) });
    const rows = await manual.query('SELECT event FROM merchant_notice');
    expect(rows).toEqual([{ event: 'close' }]);
  } finally {
    await manual.end();
  }
});
