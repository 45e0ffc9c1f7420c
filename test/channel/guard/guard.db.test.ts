import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Channel, GuardedChannel } from '../../../src/channel/channel.ts';
import { MISCONFIGURED_IN_A_ROW, UNKNOWN_IN_A_ROW } from '../../../src/channel/guard/breaker.ts';
import { guardChannel } from '../../../src/channel/guard/guard.ts';
import { asChannelOrder, type PaymentOrder } from '../../../src/order/order.ts';
import { createAlertLimiter } from '../../../src/platform/log/alert-limiter.ts';
import { createLogger } from '../../../src/platform/log/logger.ts';
import { createWorld, type World } from '../../support/world.ts';

const HOUR_MS = 3_600_000;
const folder = mkdtempSync(join(tmpdir(), 'guard-'));
afterAll(() => rmSync(folder, { recursive: true }));

let world: World;
let orders: PaymentOrder[];
beforeAll(async () => {
  world = await createWorld();
  orders = await Promise.all(Array.from({ length: UNKNOWN_IN_A_ROW }, () => world.create('wechat_pay')));
});
afterAll(() => world.end());

let now: number;
let tick: number;
beforeEach(() => {
  now = Date.parse('2026-06-01T00:00:00Z');
  tick = 0;
  world.simulator.control.clearFaults();
});

/** WeChat Pay behind a guard with stopped clocks, and its log messages with levels. */
function guarded(channel: Channel | undefined): { channel: GuardedChannel; said(): string[] } {
  if (channel === undefined) throw new Error('not configured');
  const file = join(folder, `${Math.random()}.log`);
  const ticks = () => tick;
  return {
    channel: guardChannel(channel, {
      clock: { now: () => new Date(now) },
      ticks,
      log: createLogger('info', { file: file }),
      shouldAlert: createAlertLimiter(ticks, HOUR_MS),
      maxCalls: 10,
    }),
    said: () =>
      readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
        .map(({ level, msg }) => `${level} ${msg}`),
  };
}
async function queryAll(channel: Channel, count: number): Promise<void> {
  for (const order of orders.slice(0, count)) await channel.query(asChannelOrder(order));
}

test('a channel that stays misconfigured is logged as an error once an hour', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const wrong = await world.openApp({
    WECHAT_PRIVATE_KEY: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  });
  const { channel, said } = guarded(wrong.deps.channels.get('wechat_pay')?.unguarded);
  await queryAll(channel, MISCONFIGURED_IN_A_ROW);
  for (let hour = 0; hour < 2; hour += 1) {
    for (let probe = 0; probe < 2; probe += 1) {
      tick += HOUR_MS / 2;
      expect(channel.admit('ask', 'qrcode')).toBeNull();
      await queryAll(channel, 1);
    }
  }
  expect(said()).toEqual([
    'error circuit breaker opened for one operation',
    'warn circuit breaker still open for one operation',
    'error circuit breaker still open for one operation',
    'warn circuit breaker still open for one operation',
    'error circuit breaker still open for one operation',
  ]);
});

test('a clock that is set back keeps no breaker open', async () => {
  world.simulator.control.addFault({ kind: 'status', status: 503, match: { channel: 'wechat_pay' } });
  const { channel } = guarded(world.app.deps.channels.get('wechat_pay')?.unguarded);
  await queryAll(channel, UNKNOWN_IN_A_ROW);
  now -= HOUR_MS;
  expect(channel.admit('ask', 'qrcode')).toMatchObject({ until: new Date(now + 5_000), isWhole: true });
  tick += 5_000;
  expect(channel.admit('ask', 'qrcode')).toBeNull();
});

test('a query past the guard is sent while the breaker is open, and does not affect it', async () => {
  const fault = world.simulator.control.addFault({
    kind: 'status',
    status: 503,
    match: { channel: 'wechat_pay' },
  });
  const { channel } = guarded(world.app.deps.channels.get('wechat_pay')?.unguarded);
  await queryAll(channel, UNKNOWN_IN_A_ROW);
  fault.remove();
  const [order] = orders as [PaymentOrder];
  expect(await channel.query(asChannelOrder(order))).toMatchObject({ kind: 'unknown' });
  expect(await channel.unguarded.query(asChannelOrder(order))).toMatchObject({ kind: 'unpaid' });
  expect(channel.unavailable('ask', 'qrcode')).not.toBeNull();
});

test('a result without a request neither keeps a breaker open nor closes it', async () => {
  const { channel } = guarded(world.app.deps.channels.get('ali_pay')?.unguarded);
  const page = { ...asChannelOrder(await world.create('ali_pay')), method: 'wap' as const };
  const payer = { authCode: null, openId: null, returnUrl: null };
  now = page.createAttemptedAt.getTime();
  const signedHere = async () =>
    expect(await channel.create(page, payer)).toMatchObject({ kind: 'created', asked: false });
  world.simulator.control.addFault({ kind: 'status', status: 503, match: { channel: 'ali_pay' } });
  for (const order of orders.map((each) => asChannelOrder(each))) {
    await signedHere();
    await channel.close(order);
    await channel.query(order);
  }
  expect(channel.outOfOrder()).toMatchObject([{ operation: 'all' }]);
  tick += 5_000;
  expect(channel.admit('create', 'wap')).toBeNull();
  await signedHere();
  expect(channel.unavailable('ask', 'qrcode')).toMatchObject({ isWhole: true });
});
