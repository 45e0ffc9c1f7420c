import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MISCONFIGURED_IN_A_ROW } from '../../src/channel/guard/breaker.ts';
import { readConfig } from '../../src/config.ts';
import { checkProcesses } from '../../src/doctor/database/processes.ts';
import { createOrder } from '../../src/order/create/create-order.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { payOverHttp } from '../support/pay.ts';
import { until } from '../support/until.ts';
import { createWorld, orderRequest, type World } from '../support/world.ts';
import { scrape } from './scrape.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ METRICS_PORT: String(await freePort()) });
  await world.app.serve();
});
afterAll(() => world.end());

test('before any worker has swept, an API process reports that', async () => {
  const seen = await scrape(world.env);
  expect(seen.value('autoclose_sweep_age_seconds')).toBe(Number.POSITIVE_INFINITY);
  expect(seen.value('autoclose_processes_alive', { part: 'works' })).toBe(0);
  expect(seen.value('autoclose_figures_readable')).toBe(1);
  expect(seen.value('autoclose_queue_usable')).toBe(1);
});

test('a close by the timer is in the next scrape: the calls, the attempt, and its lateness', async () => {
  expect((await payOverHttp(world, 'M1', 600)).status).toBe(200);
  // The database's figures are read at most every two seconds.
  const before = await until('the order is seen', async () => {
    const seen = await scrape(world.env);
    return seen.value('autoclose_orders_open', { channel: 'wechat_pay' }) === 1 && seen;
  });
  expect(before.value('autoclose_api_requests_total', { operation: 'pay', code: '0' })).toBe(1);
  expect(before.value('autoclose_api_duration_seconds_count', { operation: 'pay' })).toBe(1);
  const order = await world.app.deps.store.findByBizOrderNo('M1');
  if (order === null) throw new Error('not created');
  await world.expire(order);
  await (await world.queue(order.channel).getJob(order.orderNo))?.promote();
  world.app.work();
  const after = await until('the close is seen', async () => {
    const seen = await scrape(world.env);
    return seen.value('autoclose_attempts_total', { type: 'close', outcome: 'closed' }) !== null && seen;
  });
  const channel = 'wechat_pay';
  expect(after.value('autoclose_close_lateness_seconds_count', { channel })).toBe(1);
  expect(after.value('autoclose_close_lateness_seconds_sum', { channel })).toBeGreaterThanOrEqual(0);
  const call = 'autoclose_channel_call_duration_seconds_count';
  expect(after.value(call, { channel, operation: 'create', result: 'created' })).toBe(1);
  expect(after.value(call, { channel, operation: 'close', result: 'accepted' })).toBe(1);
  expect(after.value(call, { channel, operation: 'query', result: 'closed' })).toBe(1);
  expect(after.value('autoclose_channel_out_of_order', { channel, operation: 'all', method: 'all' })).toBe(0);
});

test('a requested close that a timer finished is not late', async () => {
  const order = await world.create('ali_pay', { expiresAt: new Date(Date.now() + 600_000) });
  await world.edit(order, { ending: 'close', nextCloseAt: new Date(Date.now() - 1_000) });
  await world.close(await world.reload(order), 'timeout');
  await until('it is closed', async () => (await world.reload(order)).status === 'close');
  const seen = await scrape(world.env);
  const channel = 'ali_pay';
  expect(seen.value('autoclose_attempts_total', { channel, outcome: 'closed' })).toBe(1);
  expect(seen.value('autoclose_close_lateness_seconds_count', { channel })).toBeNull();
});

test('an operation’s open circuit breaker is seen by Prometheus, other processes and doctor, and the channel’s is not open', async () => {
  world.simulator.control.addFault({
    kind: 'error',
    status: 403,
    code: 'NO_AUTH',
    match: { operation: 'create' },
  });
  for (let order = 0; order < MISCONFIGURED_IN_A_ROW; order += 1) {
    const request = {
      ...orderRequest('wechat_pay', `H5-${order}`),
      method: 'wap' as const,
      clientIp: '192.0.2.1',
    };
    expect(await createOrder(world.app.deps, request)).toEqual({ kind: 'misconfigured' });
  }
  world.simulator.control.clearFaults();
  const seen = await scrape(world.env);
  const shown = (operation: string, method: string) =>
    seen.value('autoclose_channel_out_of_order', { channel: 'wechat_pay', operation, method });
  expect([shown('all', 'all'), shown('create', 'wap'), shown('create', 'qrcode')]).toEqual([0, 1, null]);

  const part = { channel: 'wechat_pay', operation: 'create', method: 'wap', until: expect.any(Date) };
  await until('its heartbeat says so', async () =>
    (await world.app.processes.list()).some(({ outOfOrder }) => outOfOrder.length > 0),
  );
  const [process] = (await world.app.processes.list()).filter(({ outOfOrder }) => outOfOrder.length > 0);
  expect(process?.outOfOrder).toEqual([part]);
  const { server } = readConfig(world.env);
  const db = await new DataSource({ type: 'mysql', url: world.env.DATABASE_URL, timezone: 'Z' }).initialize();
  const found = (await checkProcesses(db, server)).find(({ check }) => check === 'circuit breaker');
  await db.destroy();
  expect(found).toMatchObject({
    state: 'warn',
    found: expect.stringMatching(/^wechat_pay \(create wap\) is open/),
  });
});

test('overdue orders wait for a worker: not stuck ones, nor those that are retried later', async () => {
  const port = String(await freePort());
  const app = await world.openApp({ METRICS_PORT: port, PORT: String(await freePort()) });
  await app.serve();
  const ago = (ms: number) => new Date(app.deps.clock.now().getTime() - ms);
  const late = async (set: Partial<PaymentOrder>) => {
    const order = await world.create('union_pay');
    await world.edit(order, { leaseUntil: ago(-600_000), expiresAt: ago(3_600_000), ...set });
  };
  await late({ nextCloseAt: ago(7_200_000), stuckAt: ago(1_000) });
  await late({ nextCloseAt: ago(-600_000) });
  await late({ nextCloseAt: ago(1_800_000), status: 'success', ending: 'cancel' });
  expect((await scrape({ METRICS_PORT: port })).value('autoclose_overdue_oldest_seconds')).toBe(0);
  await late({ nextCloseAt: ago(600_000) });
  const seen = await scrape({ METRICS_PORT: port });
  expect(seen.value('autoclose_orders_overdue')).toBe(1);
  // Our estimate of the database's clock may be some ms behind it.
  expect(seen.value('autoclose_overdue_oldest_seconds')).toBeGreaterThan(590);
  await world.query("DELETE FROM payment_order WHERE channel = 'union_pay'");
});

test('when a worker has swept, the sweep age is small again, and it counts as alive', async () => {
  const seen = await until('the sweep is seen', async () => {
    const one = await scrape(world.env);
    return one.value('autoclose_sweep_age_seconds') !== Number.POSITIVE_INFINITY && one;
  });
  expect(seen.value('autoclose_sweep_age_seconds')).toBeLessThan(60);
  expect(seen.value('autoclose_processes_alive', { part: 'works' })).toBe(1);
  expect(seen.value('autoclose_sweeps_total')).toBeGreaterThanOrEqual(1);
});

test('when no worker sweeps, the age grows, as seen by an API process', async () => {
  const port = String(await freePort());
  const server = await world.openApp({ METRICS_PORT: port, PORT: String(await freePort()) });
  await server.serve();
  await world.app.close();
  await world.query(
    'UPDATE process SET seen_at = UTC_TIMESTAMP(3) - INTERVAL 10 MINUTE, swept_at = UTC_TIMESTAMP(3) - INTERVAL 10 MINUTE WHERE works = 1',
  );
  const seen = await scrape({ METRICS_PORT: port });
  expect(seen.value('autoclose_sweep_age_seconds')).toBeGreaterThan(590);
  expect(seen.value('autoclose_processes_alive', { part: 'works' })).toBe(0);
});

test('unreadable figures have no value instead of an old one; those of the alerts do not depend on the others', async () => {
  const port = String(await freePort());
  const app = await world.openApp({ METRICS_PORT: port, PORT: String(await freePort()) });
  await app.serve();
  await world.query('RENAME TABLE violation TO violation_away');
  const seen = await scrape({ METRICS_PORT: port });
  expect(seen.value('autoclose_figures_readable')).toBe(0);
  expect(seen.value('autoclose_violations')).toBeNull();
  expect(seen.names).toContain('autoclose_violations');
  for (const name of ['orders_overdue', 'overdue_oldest_seconds', 'sweep_age_seconds', 'processes_alive'])
    expect(seen.value(`autoclose_${name}`)).not.toBeNull();
  await world.query('RENAME TABLE violation_away TO violation');
  expect((await scrape({ METRICS_PORT: port })).value('autoclose_orders_stuck')).toBe(0);
});

test('a process whose metrics port is taken still works', async () => {
  const port = String(await freePort());
  const first = await world.openApp({ METRICS_PORT: port, PORT: String(await freePort()) });
  await first.serve();
  const second = await world.openApp({ METRICS_PORT: port, PORT: String(await freePort()) });
  const url = await second.serve();
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/metrics`)).status).toBe(404);
});
