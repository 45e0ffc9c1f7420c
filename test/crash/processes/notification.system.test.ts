import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProgram } from '../../support/process.ts';
import { startProxy } from '../../support/proxy.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

/** API processes killed while they handle a payment notification. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const ofOrder = async (orderNo: string) =>
  (await world.notifications()).filter((notification) => notification.orderNo === orderNo);

test.each(['wechat_pay', 'ali_pay'] as const)(
  '%s: before it was stored: nothing has changed, and its repetition is recorded once',
  async (channel) => {
    const order = await world.create(channel);
    const victim = startProgram(['serve'], world.env);
    await victim.logged('api is listening');
    const lock = await createConnection(world.env.DATABASE_URL ?? '');
    await lock.beginTransaction();
    await lock.query('SELECT * FROM payment_order WHERE id = ? FOR UPDATE', [order.id]);
    await world.simulator.control.pay(order.orderNo);
    await until('the process waits for the order’s row', async () => {
      const sql = `SELECT 1 FROM information_schema.processlist
        WHERE db = DATABASE() AND info LIKE 'UPDATE%payment_order%'`;
      return JSON.stringify(await world.query(sql)) !== '[]';
    });
    await victim.kill();
    await lock.rollback();
    await lock.end();

    // The database notices the lost connection before anything is committed.
    expect(await world.simulator.control.notifications.delivered(order.orderNo)).toMatchObject({
      accepted: false,
    });
    expect(await world.reload(order)).toMatchObject({ status: 'progress', paidAt: null });
    expect(await ofOrder(order.orderNo)).toEqual([]);

    const fresh = startProgram(['serve'], world.env);
    await fresh.logged('api is listening');
    await world.simulator.control.notifications.flush();
    expect(await world.reload(order)).toMatchObject({ status: 'success', nextCloseAt: null });
    expect(await ofOrder(order.orderNo)).toMatchObject([{ outcome: 'recorded' }]);
    expect(await fresh.terminate()).toBe(0);
  },
);

test.each(['wechat_pay', 'ali_pay'] as const)(
  '%s: stored, but not yet acknowledged: the order is paid, and its repetition changes nothing',
  async (channel) => {
    const order = await world.create(channel);
    const redis = await startProxy(world.env.REDIS_URL ?? '');
    const victim = startProgram(['serve'], { ...world.env, REDIS_URL: redis.url });
    await victim.logged('api is listening');
    // Between the commit and the answer, the timer is removed from a Redis that does not answer.
    redis.silence();
    await world.simulator.control.pay(order.orderNo);
    await until('it is stored', async () => (await world.reload(order)).status === 'success');
    await victim.kill();
    await redis.end();
    const first = await world.simulator.control.notifications.delivered(order.orderNo);

    const fresh = startProgram(['serve'], world.env);
    await fresh.logged('api is listening');
    if (first.accepted) await world.simulator.control.notifications.resend(order.orderNo);
    else await world.simulator.control.notifications.flush();
    expect(world.simulator.control.notifications.deliveries(order.orderNo).at(-1)).toMatchObject({
      accepted: true,
    });
    expect(await world.reload(order)).toMatchObject({ status: 'success', latePaidAt: null });
    expect(await ofOrder(order.orderNo)).toMatchObject([{ outcome: 'recorded' }]);
    expect(await fresh.terminate()).toBe(0);
  },
);
