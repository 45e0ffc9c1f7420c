import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Figures as ApiFigures } from '../../src/http/admin/api.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import type { Figures } from '../../src/view/dashboard/figures.ts';
import { startProxy } from '../support/proxy.ts';
import { createWorld, type World } from '../support/world.ts';

const MINUTE = 60_000;
const GRACE_MS = 5_000;

let world: World;
let now: Date;
beforeAll(async () => {
  world = await createWorld({ CLOSE_GRACE_MS: String(GRACE_MS) });
  now = world.app.deps.clock.now();
});
afterAll(() => world.end());

const ago = (ms: number) => new Date(now.getTime() - ms);
async function make(set: Partial<PaymentOrder>): Promise<void> {
  await world.edit(await world.create(set.channel ?? 'wechat_pay'), set);
}
const closed = (expiredAgoMs: number, lateMs: number): Partial<PaymentOrder> => ({
  status: 'close',
  expiresAt: ago(expiredAgoMs),
  closedAt: ago(expiredAgoMs - lateMs),
  nextCloseAt: null,
});

/** As sent over HTTP: the compiler proves that it is what the admin page expects. */
type Json<T> = T extends Date
  ? string
  : T extends (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [Key in keyof T]: Json<T[Key]> }
      : T;
const asSent = (figures: Json<Figures>): ApiFigures => figures;

test('the figures count every order in its place', async () => {
  await make({ expiresAt: ago(-10 * MINUTE) });
  await make({ expiresAt: ago(-10 * MINUTE) });
  await make({ expiresAt: ago(-61 * MINUTE), channel: 'ali_pay' });
  await make({ expiresAt: ago(3 * MINUTE), stuckAt: ago(MINUTE) });
  // In its grace period: expired, but not due yet.
  await make({ expiresAt: ago(0) });
  for (const lateMs of [5_100, 5_200, 5_300, 90_000]) await make(closed(10 * MINUTE, lateMs));
  await make(closed(25 * 60 * MINUTE, 5_000));
  // Ended by hand before its expiry: no lateness.
  await make({ ...closed(-MINUTE, -3 * MINUTE), ending: 'close' });
  await make({ status: 'success', paidAt: ago(2 * MINUTE), nextCloseAt: null });
  await make({ ...closed(30 * MINUTE, 5_000), latePaidAt: ago(MINUTE) });
  await make({ ...closed(30 * MINUTE, 5_000), latePaidAt: ago(MINUTE), lateHandledAt: ago(0) });
  await world.query(`INSERT INTO violation (order_id, order_no, channel, kind, found_at)
    VALUES (1, 'A1', 'wechat_pay', 'paid', UTC_TIMESTAMP(3))`);
  const notice = (id: string, state: string, nextAt: string) =>
    world.query(`INSERT INTO merchant_notice
      (event_id, order_id, order_no, event, url, host, snapshot, state, next_at, created_at)
      VALUES ('${id}', 1, 'A1', 'close', 'http://a/', 'a', '{}', '${state}', ${nextAt}, UTC_TIMESTAMP(3))`);
  await notice('1', 'pending', 'UTC_TIMESTAMP(3) + INTERVAL 1 HOUR');
  await notice('2', 'pending', 'UTC_TIMESTAMP(3) - INTERVAL 1 HOUR');
  await notice('3', 'given_up', 'NULL');
  await notice('4', 'delivered', 'NULL');

  const figures = await world.app.figures();
  expect(figures.dueNextHour).toHaveLength(60);
  expect(figures.dueNextHour.filter(({ count }) => count > 1)).toEqual([
    { at: new Date(Math.floor(ago(-10 * MINUTE).getTime() / MINUTE) * MINUTE), count: 2 },
  ]);
  expect(figures.perMinute).toHaveLength(60);
  const sum = (name: 'closed' | 'paid') => figures.perMinute.reduce((all, minute) => all + minute[name], 0);
  expect({ closed: sum('closed'), paid: sum('paid') }).toEqual({ closed: 7, paid: 1 });
  expect(figures.lateness[0]).toEqual({ channel: 'wechat_pay', count: 6, p50Ms: 5_100, p99Ms: 90_000 });
  expect(figures.lateness[1]).toEqual({ channel: 'ali_pay', count: 0, p50Ms: null, p99Ms: null });
  expect(figures).toMatchObject({
    expired: { count: 1, oldestAt: ago(3 * MINUTE - GRACE_MS) },
    stuck: 1,
    lateWaiting: 1,
    violations: 1,
    open: [
      { channel: 'ali_pay', count: 1 },
      { channel: 'wechat_pay', count: 4 },
    ],
    notices: { pending: 2, overdue: 1, givenUp: 1 },
    processes: [],
  });
  expect(figures.lateness).toHaveLength(3);
  expect(figures.queues?.find(({ channel }) => channel === 'ali_pay')).toEqual({
    channel: 'ali_pay',
    waiting: 0,
    delayed: 1,
    active: 0,
    failed: 0,
  });
  expect(asSent(JSON.parse(JSON.stringify(figures))).expired.count).toBe(1);
});

test('a custom channel has figures like any other', async () => {
  for (const set of [closed(10 * MINUTE, 7_000), {}]) {
    await world.edit(await world.create('ali_pay'), { ...set, channel: 'own_mall' });
  }
  const app = await world.openApp();
  const { open, lateness } = await app.figures();
  expect(open).toContainEqual({ channel: 'own_mall', count: 1 });
  expect(lateness).toContainEqual({ channel: 'own_mall', count: 1, p50Ms: 7_000, p99Ms: 7_000 });
});

test('any number of concurrent readers cause one read of the database', async () => {
  const looks = await Promise.all(Array.from({ length: 20 }, () => world.app.figures()));
  expect(new Set(looks).size).toBe(1);
});

test('while Redis is unreachable, the figures are available without the queue depths', async () => {
  const proxy = await startProxy(world.env.REDIS_URL ?? '');
  const app = await world.openApp({ REDIS_URL: proxy.url });
  proxy.silence();
  expect((await app.figures()).queues).toBeNull();
  await proxy.end();
});

test.each([
  "SELECT expires_at FROM payment_order WHERE status = 'progress' AND expires_at >= '2026-01-01'",
  "SELECT 1 FROM payment_order FORCE INDEX (ix_channel_status) WHERE channel = 'ali_pay' AND status = 'progress'",
  "SELECT expires_at, closed_at FROM payment_order FORCE INDEX (ix_ending_channel) WHERE ending = 'expiry' AND channel = 'ali_pay' AND closed_at >= '2026-01-01' ORDER BY closed_at DESC LIMIT 10",
  "SELECT 1 FROM payment_order WHERE closed_at >= '2026-01-01'",
  "SELECT 1 FROM payment_order WHERE paid_at >= '2026-01-01'",
  'SELECT channel FROM payment_order FORCE INDEX (ix_channel_status) GROUP BY channel',
])('is answered by an index alone: %s', async (query) => {
  const plan = await world.query(`EXPLAIN FORMAT=TRADITIONAL ${query}`);
  expect(plan).toMatchObject([{ Extra: expect.stringContaining('Using index') }]);
});
