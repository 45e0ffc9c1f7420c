import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { examine } from '../../../src/doctor/examine.ts';
import { createOrder } from '../../../src/order/create/create-order.ts';
import type { OwnServer } from '../../../src/sandbox/services/own-server.ts';
import { startOwnRedis } from '../../../src/sandbox/services/services.ts';
import { startProgram, WORK } from '../../support/process.ts';
import { tellRedis } from '../../support/sentinel.ts';
import { until } from '../../support/until.ts';
import { createWorld, orderRequest, type World } from '../../support/world.ts';

/** A Redis that answers and refuses commands. The orders are in the database: each still closes. */
let redis: OwnServer;
let world: World;
beforeAll(async () => {
  redis = await startOwnRedis({ env: process.env, say: () => {} });
  world = await createWorld({ REDIS_URL: redis.url, SWEEP_INTERVAL_MS: '500' });
});
afterAll(async () => {
  await world.end();
  await redis.stop();
});

const REFUSED = 'redis cannot hold timers; due orders run from the database';
const tell = (...command: string[]) => {
  const [name = '', ...args] = command;
  return tellRedis(redis.url, name, ...args);
};
const closed = (orderNo: string) =>
  until(`${orderNo} is closed`, async () => (await world.app.deps.store.find(orderNo))?.status === 'close');
const due = async () => world.expire(await world.create('wechat_pay'));

const refusals = [
  {
    what: 'INFO is forbidden',
    begin: ['ACL', 'SETUSER', 'default', '-info'],
    end: ['ACL', 'SETUSER', 'default', '+info'],
    state: 'unusable',
  },
  {
    what: 'scripts are forbidden',
    begin: ['ACL', 'SETUSER', 'default', '-eval', '-evalsha'],
    end: ['ACL', 'SETUSER', 'default', '+eval', '+evalsha'],
    state: 'refuses',
  },
  {
    what: 'taking jobs is forbidden',
    begin: ['ACL', 'SETUSER', 'default', '-bzpopmin'],
    end: ['ACL', 'SETUSER', 'default', '+bzpopmin'],
    state: 'refuses',
  },
  {
    what: 'it takes no writes',
    begin: ['CONFIG', 'SET', 'min-replicas-to-write', '1'],
    end: ['CONFIG', 'SET', 'min-replicas-to-write', '0'],
    state: 'refuses',
  },
] as const;

describe.each(refusals)('$what', ({ begin, end, state }) => {
  afterEach(() => tell(...end));

  test('the worker logs the reason, closes due orders from the database, and stops on SIGTERM', async () => {
    await tell(...begin);
    const worker = startProgram(WORK, world.env);
    await worker.logged('worker is running');
    const orders = await Promise.all([due(), due()]);
    expect(await worker.logged(REFUSED)).toMatchObject({ level: 'error', state, reason: expect.any(String) });
    for (const { orderNo } of orders) await closed(orderNo);
    expect(await worker.terminate()).toBe(0);
  });

  test('orders are still created and closed, and have timers once Redis accepts them', async () => {
    await tell(...begin);
    const app = await world.openApp();
    app.work();
    const outcome = await createOrder(app.deps, {
      ...orderRequest('ali_pay', `refused-${begin.join('')}`),
      expiresAt: new Date(Math.ceil(Date.now() / 1000) * 1000 + 3_000),
    });
    expect(outcome.kind).toBe('created');
    if (outcome.kind === 'created') await closed(outcome.order.orderNo);
    await tell(...end);
    await until('it is not unusable', async () => (await app.readQueueHealth()).state !== 'unusable');
    const later = await createOrder(app.deps, {
      ...orderRequest('ali_pay', `later-${begin.join('')}`),
      expiresAt: new Date(Math.ceil(Date.now() / 1000) * 1000 + 2_000),
    });
    if (later.kind !== 'created') throw new Error(later.kind);
    expect(await world.timerState(later.order)).not.toBe('unknown');
    await closed(later.order.orderNo);
    await app.close();
  });
});

describe('a prefix that belongs to another database', () => {
  test('is not used: its jobs are not taken, and our orders run from the database', async () => {
    const other = await createWorld({ REDIS_URL: redis.url, SWEEP_INTERVAL_MS: '500' });
    try {
      const theirs = await world.expire(await world.create('wechat_pay'));
      await world.app.deps.timer.set(theirs, new Date(0), 'timeout');
      const stranger = await other.openApp({ REDIS_PREFIX: world.env.REDIS_PREFIX ?? '' });
      stranger.work();
      expect(await stranger.readQueueHealth()).toMatchObject({
        state: 'unusable',
        reason: expect.stringContaining('belongs to another database'),
      });
      const ours = await other.expire(await other.create('ali_pay'));
      await until('ours is closed', async () => (await other.reload(ours)).status === 'close');
      expect(await world.timerState(theirs)).toBe('waiting');
      const findings = await examine({ ...other.env, REDIS_PREFIX: world.env.REDIS_PREFIX });
      expect(findings.find(({ check }) => check === 'queue')).toMatchObject({
        state: 'fail',
        found: expect.stringContaining('belongs to another database'),
      });
    } finally {
      await other.end();
    }
  });
});

test('a paused queue with nothing overdue: sweep, doctor, readiness and metrics report it', async () => {
  await world.queue('wechat_pay').pause();
  try {
    const sweep = startProgram(['sweep'], world.env);
    expect(await sweep.ended()).toBe(1);
    expect(sweep.stdout()).toContain('paused by another program');
    const findings = await examine(world.env);
    expect(findings.find(({ check }) => check === 'queue')).toMatchObject({
      state: 'warn',
      found: 'paused by another program: wechat_pay',
    });
    const figures = await (await world.openApp()).figures();
    expect(figures.redis).toEqual({ state: 'ok', reason: null, paused: ['wechat_pay'] });
  } finally {
    await world.queue('wechat_pay').resume();
  }
});
