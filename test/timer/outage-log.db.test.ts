import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let folder: string;
beforeAll(async () => {
  world = await createWorld({ SWEEP_INTERVAL_MS: '1000' });
  folder = await mkdtemp(join(tmpdir(), 'autoclose-log-'));
});
afterAll(async () => {
  await world.end();
  await rm(folder, { recursive: true });
});

test('a database error in a close or a sweep is logged without the statement and its values', async () => {
  const order = await world.create('wechat_pay');
  await world.expire(order);
  await (await world.queue(order.channel).getJob(order.orderNo))?.promote();
  const file = join(folder, 'log');
  const app = await openApp(readConfig(world.env), createLogger('info', { file }));
  await world.query('RENAME TABLE payment_order TO away');
  try {
    app.work();
    const text = await until('both are logged', () => {
      const logged = readFileSync(file, 'utf8');
      return logged.includes('sweep failed') && logged.includes('close job interrupted') && logged;
    });
    expect(text).not.toMatch(/SELECT|sqlMessage|parameters/);
  } finally {
    await world.query('RENAME TABLE away TO payment_order');
    await app.close();
  }
});
