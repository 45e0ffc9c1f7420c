import { afterAll, beforeAll, expect, test } from 'vitest';
import { createOrder } from '../../../src/order/create/create-order.ts';
import type { OwnServer } from '../../../src/sandbox/services/services.ts';
import { startOwnRedis } from '../../../src/sandbox/services/services.ts';
import { startProgram, WORK } from '../../support/process.ts';
import { tellRedis } from '../../support/sentinel.ts';
import { until } from '../../support/until.ts';
import { createWorld, orderRequest, type World } from '../../support/world.ts';

let redis: OwnServer;
let world: World;
beforeAll(async () => {
  redis = await startOwnRedis({ env: process.env, say: () => {} });
  world = await createWorld({ REDIS_URL: redis.url, SWEEP_INTERVAL_MS: '500' });
  world.app.work();
});
afterAll(async () => {
  await world.end();
  await redis.stop();
});

const soon = (seconds: number) => new Date(Math.ceil(Date.now() / 1000) * 1000 + seconds * 1000);
const closed = (orderNo: string) =>
  until(`${orderNo} is closed`, async () => (await world.app.deps.store.find(orderNo))?.status === 'close');

test('Redis killed: every order closes during the outage, and new ones after it is back and empty', async () => {
  const before = await Promise.all(
    Array.from({ length: 20 }, () => world.create('wechat_pay', { expiresAt: soon(3) })),
  );
  await redis.kill();
  try {
    const outcome = await createOrder(world.app.deps, {
      ...orderRequest('wechat_pay', 'meanwhile'),
      expiresAt: soon(4),
    });
    expect(outcome.kind).toBe('created');
    // Meanwhile, due orders run from the database only.
    for (const { orderNo } of before) await closed(orderNo);
    if (outcome.kind === 'created') await closed(outcome.order.orderNo);
  } finally {
    await redis.start();
  }

  const after = await world.create('ali_pay', { expiresAt: soon(3) });
  await closed(after.orderNo);
});

test('Redis emptied while orders come due and are created: every order closes', async () => {
  const orders = [];
  for (let round = 0; round < 5; round += 1) {
    orders.push(...(await Promise.all([world.create('wechat_pay', { expiresAt: soon(2) }), due()])));
    await tellRedis(redis.url, 'FLUSHALL');
  }
  for (const { orderNo } of orders) await closed(orderNo);
});

test('Redis out of memory: the worker reports it, and every order still closes', async () => {
  const worker = startProgram(WORK, world.env);
  await worker.logged('worker is running');
  await tellRedis(redis.url, 'CONFIG', 'SET', 'maxmemory', '1');
  const orders = await Promise.all(Array.from({ length: 5 }, due));
  await worker.logged('redis cannot hold timers; due orders run from the database');
  for (const { orderNo } of orders) await closed(orderNo);
  await tellRedis(redis.url, 'CONFIG', 'SET', 'maxmemory', '0');
  expect(await worker.terminate()).toBe(0);
});

test('a queue that another program paused: its orders still close', async () => {
  await world.queue('wechat_pay').pause();
  const order = await world.create('wechat_pay', { expiresAt: soon(2) });
  await closed(order.orderNo);
  await world.queue('wechat_pay').resume();
});

test('a key of another type in place of a job: the order still closes', async () => {
  // A refusal counts for a while after Redis has memory again.
  await until('timers can be set', async () => (await world.app.readQueueHealth()).state === 'ok');
  const order = await world.create('wechat_pay');
  await world.app.deps.timer.clear(order);
  await tellRedis(redis.url, 'SET', world.queue('wechat_pay').toKey(order.orderNo), 'not a job');
  await world.expire(order);
  await closed(order.orderNo);
  // It does not affect other timers.
  expect(await world.app.readQueueHealth()).toMatchObject({ state: 'ok' });
});

const due = async () => world.expire(await world.create('wechat_pay'));
