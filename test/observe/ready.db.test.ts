import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { type SilencingProxy, startProxy } from '../support/proxy.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let database: SilencingProxy;
let redis: SilencingProxy;
let url: string;
let metricsUrl: string;
beforeAll(async () => {
  world = await createWorld();
  database = await startProxy(world.env.DATABASE_URL ?? '');
  redis = await startProxy(world.env.REDIS_URL ?? '');
  const port = String(await freePort());
  metricsUrl = `http://127.0.0.1:${port}`;
  const app = await world.openApp({ DATABASE_URL: database.url, REDIS_URL: redis.url, METRICS_PORT: port });
  url = await app.serve();
});
afterAll(async () => {
  await Promise.all([database.end().catch(() => {}), redis.end().catch(() => {})]);
  await world.end();
});

async function readyz(at = url) {
  const response = await fetch(`${at}/readyz`);
  return { status: response.status, body: (await response.json()) as unknown };
}
const ok = { database: 'ok', migrations: 'ok', redis: 'ok' };

test('a process with all its dependencies is ready, at the API and for monitoring', async () => {
  const ready = { status: 200, body: { status: 'ready', dependencies: ok } };
  expect(await readyz()).toEqual(ready);
  expect(await readyz(metricsUrl)).toEqual(ready);
  expect((await fetch(`${metricsUrl}/healthz`)).status).toBe(200);
});

test('with a database that is behind this version, it is not ready', async () => {
  await world.query("UPDATE autoclose_migrations SET name = 'later' WHERE name LIKE 'Traces%'");
  const dependencies = { ...ok, migrations: 'behind' };
  expect(await readyz()).toEqual({ status: 503, body: { status: 'unavailable', dependencies } });
  await world.query("UPDATE autoclose_migrations SET name = 'Traces1759100000000' WHERE name = 'later'");
  expect((await readyz()).status).toBe(200);
});

test('without Redis it keeps serving, and is degraded', async () => {
  await redis.end();
  const dependencies = { ...ok, redis: 'away' };
  await until('redis is missed', async () => {
    const { status, body } = await readyz();
    expect(status).toBe(200);
    return JSON.stringify(body) === JSON.stringify({ status: 'degraded', dependencies });
  });
  await until('the metrics miss it too', async () =>
    (await (await fetch(`${metricsUrl}/metrics`)).text()).includes('autoclose_queue_usable 0'),
  );
});

test('without the database it is not ready, and its own metrics are still available', async () => {
  await database.end();
  const answer = await readyz();
  expect(answer).toMatchObject({ status: 503, body: { status: 'unavailable' } });
  expect(answer.body).toMatchObject({ dependencies: { database: 'away', migrations: 'unknown' } });
  const text = await until('the figures are missed', async () => {
    const exposed = await (await fetch(`${metricsUrl}/metrics`)).text();
    return exposed.includes('autoclose_figures_readable 0') && exposed;
  });
  expect(text).not.toMatch(/^autoclose_orders_overdue /m);
  expect((await fetch(`${metricsUrl}/healthz`)).status).toBe(503);
});
