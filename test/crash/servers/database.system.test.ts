import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnServer } from '../../../src/sandbox/services/services.ts';
import { startOwnDatabase } from '../../../src/sandbox/services/services.ts';
import { payOverHttp } from '../../support/pay.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

let database: OwnServer;
let world: World;
beforeAll(async () => {
  database = await startOwnDatabase({ env: process.env, say: () => {} });
  world = await createWorld({ SWEEP_INTERVAL_MS: '500' }, database.url);
  await world.app.serve();
  world.app.work();
});
afterAll(async () => {
  await world.end();
  await database.stop();
});

test('the database killed while orders come due, and started again: all close, without restarting our processes', async () => {
  const hold = world.simulator.control.hold('query', null, 'after');
  const expiresAt = new Date(Math.ceil(Date.now() / 1000) * 1000 + 2_000);
  const orders = await Promise.all(
    Array.from({ length: 10 }, () => world.create('wechat_pay', { expiresAt })),
  );
  await hold.arrived;
  await database.kill();
  hold.release();
  const refused = await fetch(`${world.env.PUBLIC_URL}/healthz`);
  expect(refused.status).toBe(503);
  await database.start();

  for (const order of orders) {
    await until(
      `${order.orderNo} is closed`,
      async () => {
        const status = await world.reload(order).then(
          (now) => now.status,
          () => 'unreachable',
        );
        return status === 'close';
      },
      50_000,
    );
    expect(world.simulator.control.order(order.orderNo)?.payable).toBe(false);
  }
  expect((await fetch(`${world.env.PUBLIC_URL}/healthz`)).status).toBe(200);
  const answer = await payOverHttp(world, 'after-the-restart', 60);
  expect(await answer.json()).toMatchObject({ data: { code: 0 } });
});
