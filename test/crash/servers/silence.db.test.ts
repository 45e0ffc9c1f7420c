import { afterEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../../../src/platform/mysql/database.ts';
import { type SilencingProxy, startProxy } from '../../support/proxy.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Connections that die silently: no reset, no close. */
let world: World;
let proxy: SilencingProxy;
afterEach(async () => {
  await world.end();
  await proxy.end();
});

const soon = () => new Date(Math.ceil(Date.now() / 1000) * 1000 + 2_000);
const closed = (orders: { orderNo: string }[]) =>
  until(
    'all are closed',
    async () => {
      const now = await Promise.all(orders.map(({ orderNo }) => world.app.deps.store.find(orderNo)));
      return now.every((order) => order?.status === 'close');
    },
    55_000,
  );

describe('a worker whose connections fall silent', () => {
  test('to the database: the orders still close, without a restart', async () => {
    world = await createWorld({ SWEEP_INTERVAL_MS: '500' });
    proxy = await startProxy(world.env.DATABASE_URL ?? '');
    const worker = await world.openApp({ DATABASE_URL: proxy.url });
    const expiresAt = soon();
    const orders = await Promise.all(
      Array.from({ length: 10 }, () => world.create('wechat_pay', { expiresAt })),
    );
    await Promise.all(orders.map(({ id }) => worker.deps.store.get(id)));
    worker.work();
    expect(proxy.silence()).toBeGreaterThan(0);
    await closed(orders);
  });

  test('to Redis: the orders still close, without a restart', async () => {
    world = await createWorld({ SWEEP_INTERVAL_MS: '500' });
    proxy = await startProxy(world.env.REDIS_URL ?? '');
    const worker = await world.openApp({ REDIS_URL: proxy.url });
    worker.work();
    const first = await world.create('wechat_pay', { expiresAt: soon() });
    await closed([first]);
    expect(proxy.silence()).toBeGreaterThan(0);
    const orders = await Promise.all(
      Array.from({ length: 10 }, () => world.create('wechat_pay', { expiresAt: soon() })),
    );
    await closed(orders);
  });

  test('to the database, during a transaction: its locks are released, and the order closes', async () => {
    world = await createWorld({ SWEEP_INTERVAL_MS: '500' });
    proxy = await startProxy(world.env.DATABASE_URL ?? '');
    const order = await world.expire(await world.create('wechat_pay'));
    const dying = await openDatabase(proxy.url, [], []);
    const runner = dying.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`UPDATE payment_order SET title = 'held' WHERE id = ${order.id}`);
    expect(proxy.silence()).toBeGreaterThan(0);
    world.app.work();
    await closed([order]);
    await dying.destroy();
  });
});
