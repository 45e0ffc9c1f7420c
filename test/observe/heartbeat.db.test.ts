import { afterAll, beforeAll, expect, test } from 'vitest';
import type { App } from '../../src/app.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { createHeartbeat } from '../../src/process/heartbeat.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let server: App;
let worker: App;
beforeAll(async () => {
  world = await createWorld();
  server = world.app;
  await server.serve();
  worker = await world.openApp();
  worker.work();
});
afterAll(() => world.end());

test('every API and worker process is visible to all, and a worker shows its last sweep', async () => {
  const works = await until('the worker has swept', async () => {
    const seen = await server.processes.list();
    return seen.length === 2 && seen.find(({ sweptAt }) => sweptAt !== null);
  });
  expect(works).toMatchObject({ serves: false, works: true, isAlive: true, outOfOrder: [] });
  const serves = (await worker.processes.list()).find(({ id }) => id !== works.id);
  expect(serves).toMatchObject({ serves: true, works: false, isAlive: true, sweptAt: null });
  expect(serves?.version).toMatch(/^\d+\.\d+\.\d+/);
});

test('a process that was not seen for half a minute counts as dead, and is deleted after a day', async () => {
  const processes = server.processes;
  const outOfOrder = [
    {
      channel: 'ali_pay',
      operation: 'create',
      method: 'wap',
      until: new Date('2026-01-02T03:04:05.678Z'),
    },
  ] as const;
  const idle = { serves: false, works: true, sweptAt: null, outOfOrder: [...outOfOrder] };
  const beat = (id: string) => processes.beat({ id, name: 'elsewhere:1', version: '0.0.1', ...idle });
  await beat('dead');
  await beat('old');
  await world.query("UPDATE process SET seen_at = UTC_TIMESTAMP(3) - INTERVAL 31 SECOND WHERE id = 'dead'");
  await world.query("UPDATE process SET seen_at = UTC_TIMESTAMP(3) - INTERVAL 25 HOUR WHERE id = 'old'");
  const seen = await processes.list();
  expect(seen.find(({ id }) => id === 'dead')).toMatchObject({
    isAlive: false,
    name: 'elsewhere:1',
    outOfOrder,
  });
  expect(seen.map(({ id }) => id)).not.toContain('old');
  await beat('young');
  expect(await world.query("SELECT id FROM process WHERE id = 'old'")).toEqual([]);
});

test('a heartbeat that cannot be written does not disturb its process', async () => {
  const away = { beat: () => Promise.reject(new Error('database unavailable')) };
  const heartbeat = createHeartbeat(away, new Map(), '1.0.0', createLogger('silent'));
  await heartbeat.beat();
  await heartbeat.stop();
});
