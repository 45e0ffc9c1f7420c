import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChannelName } from '../../../src/channel/channel.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { startProgram, WORK } from '../../support/process.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Workers as separate processes, killed in the middle of their work. */
let world: World;
beforeAll(async () => {
  world = await createWorld({ SWEEP_INTERVAL_MS: '1000' });
});
afterAll(() => world.end());

const work = async () => {
  const worker = startProgram(WORK, world.env);
  await worker.logged('worker is running');
  return worker;
};
const closedAt = (order: PaymentOrder) =>
  until(
    `order ${order.orderNo} is closed`,
    async () => (await world.reload(order)).status === 'close',
    60_000,
  );

/** An order whose timer fires as soon as a worker runs. */
async function due(channel: ChannelName): Promise<PaymentOrder> {
  const order = await world.expire(await world.create(channel));
  if (channel === 'ali_pay') await world.simulator.control.scan(order.orderNo);
  await world.app.deps.timer.set(order, new Date(0), 'timeout');
  return order;
}

describe('a worker that is killed in the middle of a close', () => {
  test('at every step of it: a new worker closes the order, at the channel and here', async () => {
    const { control } = world.simulator;
    const steps = (['wechat_pay', 'ali_pay'] as const).flatMap((channel) =>
      (['close', 'query'] as const).flatMap((operation) =>
        (['before', 'after'] as const).map((when) => ({ channel, operation, when })),
      ),
    );
    const staged = [];
    for (const { channel, operation, when } of steps) {
      const order = await due(channel);
      staged.push({ order, hold: control.hold(operation, order.orderNo, when) });
    }
    const victim = await work();
    await Promise.all(staged.map(({ hold }) => hold.arrived));
    await victim.kill();
    for (const { hold } of staged) hold.release();
    for (const { order } of staged) expect((await world.reload(order)).status).toBe('progress');

    const fresh = await work();
    for (const { order } of staged) {
      await closedAt(order);
      expect(control.order(order.orderNo)).toMatchObject({ payable: false, paidAt: null });
      const outcomes = (await world.records(order)).map(({ outcome }) => outcome);
      expect(outcomes.filter((outcome) => outcome === 'closed')).toHaveLength(1);
    }
    expect(await fresh.terminate()).toBe(0);
  });

  test('a customer who pays while no worker runs is recorded as paid', async () => {
    const { control } = world.simulator;
    const order = await due('wechat_pay');
    const hold = control.hold('close', order.orderNo, 'before');
    const victim = await work();
    await hold.arrived;
    await victim.kill();
    control.notifications.drop(order.orderNo, 100);
    await control.pay(order.orderNo);
    hold.release();

    const fresh = await work();
    await until('paid', async () => (await world.reload(order)).status === 'success', 60_000);
    expect(await fresh.terminate()).toBe(0);
  });
});

test('SIGTERM: the current close is finished, then the worker stops', async () => {
  const { control } = world.simulator;
  const order = await due('wechat_pay');
  const hold = control.hold('close', order.orderNo, 'after');
  const worker = await work();
  await hold.arrived;
  const ended = worker.terminate();
  await worker.logged('stopping');
  hold.release();
  expect(await ended).toBe(0);
  expect((await world.reload(order)).status).toBe('close');
});

test('two workers on the same orders: each order is closed once', async () => {
  const workers = await Promise.all([work(), work()]);
  const orders = await Promise.all(Array.from({ length: 20 }, () => due('wechat_pay')));
  for (const order of orders) {
    await closedAt(order);
    expect((await world.records(order)).filter(({ outcome }) => outcome === 'closed')).toHaveLength(1);
    expect(world.simulator.control.log({ operation: 'close', orderNo: order.orderNo })).toHaveLength(1);
  }
  for (const worker of workers) expect(await worker.terminate()).toBe(0);
});
