import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { settingFindings } from '../../src/doctor/database/server.ts';
import { examine } from '../../src/doctor/examine.ts';
import type { Finding } from '../../src/doctor/finding.ts';
import { memoryFindings } from '../../src/doctor/redis/memory.ts';
import { writesFinding } from '../../src/doctor/redis/writes.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { type OwnServer, startOwnRedis } from '../../src/sandbox/services/services.ts';
import { tellRedis } from '../support/sentinel.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let redis: OwnServer;
beforeAll(async () => {
  redis = await startOwnRedis({ env: process.env, say: () => {} });
  world = await createWorld({ REDIS_URL: redis.url });
});
afterAll(async () => {
  await world.end();
  await redis.stop();
});

/** The findings in this world with some variables changed, by check. */
async function found(env: Record<string, string> = {}): Promise<Map<string, Finding>> {
  const findings = await examine({ ...world.env, ...env });
  return new Map(findings.map((finding) => [finding.check, finding]));
}

const failing = (findings: Map<string, Finding>) =>
  [...findings.values()].filter(({ state }) => state === 'fail').map(({ check }) => check);

const nowhere = async () => `127.0.0.1:${await freePort()}`;

test('without a worker it says so, and reports the overdue orders', async () => {
  const order = await world.expire(await world.create('wechat_pay'), 3_600_000);
  const findings = await found();
  await world.close(order);
  expect(failing(findings)).toEqual(['worker', 'overdue orders']);
  expect(findings.get('worker')?.fix).toContain('autoclose work');
  expect(findings.get('overdue orders')?.found).toMatch(/^1, the oldest for \d+ s/);
});

test('if nothing is wrong nothing fails', async () => {
  await world.app.serve();
  world.app.work();
  const worker = async () => (await found()).get('worker');
  await until('the worker has sent a heartbeat', async () => (await worker())?.state === 'ok');
  const findings = await found();
  expect(failing(findings)).toEqual([]);
  expect(Object.fromEntries([...findings].map(([check, { state }]) => [check, state]))).toMatchObject({
    'keys wechat_pay': 'ok',
    'keys ali_pay': 'ok',
    'keys union_pay': 'ok',
    'clock wechat_pay': 'ok',
    'clock database': 'ok',
    'time zone': 'ok',
    migrations: 'ok',
    tables: 'ok',
    'redis maxmemory-policy': 'ok',
    'redis memory': 'ok',
    api: 'ok',
  });
});

describe('keys: a verified answer proves both keys; what it does not prove is reported', () => {
  test.each([
    ['ALIPAY_PUBLIC_KEY', 'WECHAT_PUBLIC_KEY', 'keys ali_pay', /signature cannot be verified/],
    ['ALIPAY_PRIVATE_KEY', 'WECHAT_PRIVATE_KEY', 'keys ali_pay', /rejects our requests: .*invalid-signature/],
    ['WECHAT_PUBLIC_KEY', 'ALIPAY_PUBLIC_KEY', 'keys wechat_pay', /signature cannot be verified/],
    ['WECHAT_PRIVATE_KEY', 'ALIPAY_PRIVATE_KEY', 'keys wechat_pay', /rejects our requests: .*SIGN_ERROR/],
    ['UNIONPAY_PRIVATE_KEY', 'ALIPAY_PRIVATE_KEY', 'keys union_pay', /rejects our requests/],
  ])('a wrong %s is found', async (variable, other, check, message) => {
    const finding = (await found({ [variable]: world.env[other] ?? '' })).get(check);
    expect(finding).toMatchObject({ state: 'fail', found: expect.stringMatching(message) });
    expect(finding?.fix).toContain(variable);
  });

  test('an unsigned answer leaves WeChat Pay’s key unverified', async () => {
    const fault = world.simulator.control.addFault({
      kind: 'error',
      status: 404,
      code: 'ORDER_NOT_EXIST',
      match: { operation: 'close' },
    });
    expect((await found()).get('keys wechat_pay')).toMatchObject({
      state: 'warn',
      found: expect.stringContaining('was not verified'),
    });
    fault.remove();
  });
});

test('a Redis that evicts timers is found, and one that is nearly full', async () => {
  await tellRedis(redis.url, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
  await tellRedis(redis.url, 'CONFIG', 'SET', 'maxmemory', '1');
  const findings = await found();
  await tellRedis(redis.url, 'CONFIG', 'SET', 'maxmemory', '0');
  await tellRedis(redis.url, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  expect(failing(findings)).toEqual(['redis maxmemory-policy', 'redis writes']);
  expect(findings.get('redis memory')?.state).toBe('warn');
  expect(findings.get('redis persistence')).toMatchObject({
    state: 'warn',
    fix: expect.stringContaining('appendonly yes'),
  });
});

test('a Redis that rejects writes is found; one that accepts them keeps nothing', async () => {
  await tellRedis(redis.url, 'CONFIG', 'SET', 'maxmemory', '1');
  const full = await found();
  await tellRedis(redis.url, 'CONFIG', 'SET', 'maxmemory', '0');
  expect(full.get('redis writes')).toMatchObject({ state: 'fail', found: expect.stringContaining('OOM') });
  expect(full.get('redis maxmemory-policy')?.state).toBe('ok');

  expect((await found()).get('redis writes')?.state).toBe('ok');
  expect(await tellRedis(redis.url, 'KEYS', `${world.env.REDIS_PREFIX}:doctor:*`)).toEqual([]);
});

test('a Redis whose last write to disk failed is found', async () => {
  const client = new Redis(redis.url);
  onTestFinished(() => client.disconnect());
  const finding = (name: string) => writesFinding(client, 't', new Map([[name, 'err']]));
  expect((await finding('aof_last_write_status')).found).toContain('append-only file');
  expect((await finding('rdb_last_bgsave_status')).state).toBe('fail');
});

test('a value that Redis does not report is not a failure', () => {
  expect(memoryFindings(new Map()).map(({ state }) => state)).toEqual(['warn', 'ok']);
});

describe('settings of the database, as any version reports them', () => {
  const good = { sql_mode: 'STRICT_TRANS_TABLES', innodb_flush_log_at_trx_commit: '1' };

  test.each([['OFF'], ['0'], ['off']])('%s is off', (off) => {
    const findings = settingFindings({ ...good, read_only: off, log_bin: off, binlog_format: 'STATEMENT' });
    expect(findings).toEqual([expect.objectContaining({ state: 'ok' })]);
  });

  test.each([['ON'], ['1'], ['NO_LOCK_NO_ADMIN']])('%s is on', (on) => {
    const findings = settingFindings({ ...good, read_only: on, log_bin: on, binlog_format: 'STATEMENT' });
    expect(findings.map(({ check }) => check)).toEqual(['database read_only', 'database binlog_format']);
  });

  test('a setting that the server does not have is not reported', () => {
    expect(settingFindings(good)).toEqual([expect.objectContaining({ state: 'ok' })]);
  });
});

test('a database that is not migrated is found, and nothing is created in it', async () => {
  const name = `${world.env.REDIS_PREFIX}_empty`;
  await world.query(`CREATE DATABASE ${name}`);
  const url = new URL(world.env.DATABASE_URL ?? '');
  url.pathname = `/${name}`;
  const findings = await found({ DATABASE_URL: url.href });
  expect(failing(findings)).toEqual(['migrations']);
  expect(findings.get('migrations')?.fix).toContain('autoclose migrate');
  expect(await world.query(`SHOW TABLES FROM ${name}`)).toEqual([]);
  await world.query(`DROP DATABASE ${name}`);
});

test('each outage is reported separately, and everything else is examined', async () => {
  const findings = await found({
    DATABASE_URL: `mysql://a:pass-word@${await nowhere()}/a`,
    REDIS_URL: `redis://:pass-word@${await nowhere()}`,
    WECHAT_BASE_URL: `http://${await nowhere()}`,
    REDIS_SENTINELS: await nowhere(),
    REDIS_SENTINEL_NAME: 'autoclose',
  });
  expect(failing(findings)).toEqual(['keys wechat_pay', 'database', 'redis', 'sentinels']);
  expect(findings.get('keys ali_pay')?.state).toBe('ok');
  expect(JSON.stringify([...findings])).not.toContain('pass-word');
});

test('every invalid variable is named, and no value is shown', async () => {
  const findings = await examine({
    ...world.env,
    PORT: '-1',
    SIGN_SECRET: '',
    WECHAT_API_V3_KEY: 'secret-key',
  });
  expect(findings.map(({ state }) => state)).toEqual(['fail', 'fail', 'fail']);
  const text = JSON.stringify(findings);
  for (const variable of ['PORT', 'SIGN_SECRET', 'WECHAT_API_V3_KEY'])
    expect(text).toContain(`${variable}: `);
  expect(text).not.toContain('secret-key');
});

test('no built-in channel is a warning: the program may use custom channels', async () => {
  const env = Object.entries(world.env).filter(([name]) => !/^(WECHAT|ALIPAY|UNIONPAY)_/.test(name));
  const findings = await examine(Object.fromEntries(env));
  expect(findings.find(({ check }) => check === 'configuration')).toMatchObject({ state: 'warn' });
});

describe('with a real channel', () => {
  test('what is harmless in development fails', async () => {
    const real = { ALIPAY_ENDPOINT: 'https://openapi.invalid' };
    const findings = await found(real);
    expect(failing(findings)).toEqual(expect.arrayContaining(['PUBLIC_URL', 'SIGN_SECRET']));
    const better = await found({
      ...real,
      PUBLIC_URL: 'http://pay.shop.cn',
      SIGN_SECRET: 'f3b29c71d0aa4e86',
    });
    expect(better.get('PUBLIC_URL')?.found).toBe('is not https');
    expect(better.get('SIGN_SECRET')?.state).toBe('ok');
  });
});

test('switches that weaken protection are warnings', async () => {
  const findings = await found({ NOTICE_ALLOW_PRIVATE: 'true', SIGN_REQUIRED: 'false' });
  expect(findings.get('NOTICE_ALLOW_PRIVATE')?.state).toBe('warn');
  expect(findings.get('SIGN_REQUIRED')?.state).toBe('warn');
});
