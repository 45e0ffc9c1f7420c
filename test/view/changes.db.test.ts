import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { PaymentOrder } from '../../src/order/order.ts';
import { entities } from '../../src/order/store/tables.ts';
import { ticks } from '../../src/platform/clock/clock.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { type Change, createOrderChanges } from '../../src/view/changes.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
const stops: (() => void)[] = [];
beforeAll(async () => {
  world = await createWorld();
});
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});
afterAll(() => world.end());

function listen() {
  const heard: Change[] = [];
  stops.push(world.app.orderAdmin.listenToChanges((change) => heard.push(change)));
  /** The last change received for an order. */
  const of = ({ orderNo }: PaymentOrder) =>
    heard.flatMap((change) =>
      change.type === 'order' && change.order.orderNo === orderNo ? [change.order] : [],
    );
  return { heard, of };
}

test('a listener receives orders that another process creates, closes and pays, as they are', async () => {
  const other = await world.openApp();
  const { heard, of } = listen();
  const order = await world.create('ali_pay');
  await until('its creation is heard', () => of(order).at(-1)?.status === 'progress');
  await other.orderAdmin.closeOrder(
    { orderNo: order.orderNo, bizOrderNo: null },
    { kind: 'admin', actor: 'li', clientIp: null },
  );
  await until('its close is heard', () => of(order).at(-1)?.status === 'close');
  expect(of(order).at(-1)).toMatchObject({ closeAttempts: 1, closedAt: expect.any(Date) });
  await until('the figures are heard of', () => heard.some(({ type }) => type === 'figures'));
});

test('a new listener receives recent changes; others do not receive them again', async () => {
  const order = await world.create('ali_pay');
  const one = listen();
  await until('it is heard', () => one.of(order).length > 0);
  const count = one.of(order).length;
  const other = listen();
  await until('it is heard by another', () => other.of(order).length > 0);
  const next = await world.create('ali_pay');
  await until('the next is heard by both', () => one.of(next).length > 0 && other.of(next).length > 0);
  expect(one.of(order)).toHaveLength(count);
});

test('a change that people cannot see is not sent', async () => {
  const order = await world.create('ali_pay');
  const { of } = listen();
  await until('it is heard', () => of(order).length > 0);
  await world.edit(order, { title: 'one' });
  await until('its title is heard', () => of(order).at(-1)?.title === 'one');
  const count = of(order).length;
  await world.edit(order, { leaseUntil: new Date() });
  const next = await world.create('ali_pay');
  await until('what came later is heard', () => of(next).length > 0);
  expect(of(order)).toHaveLength(count);
});

test('a new listener receives "missed" if there are too many changes, and others do not', async () => {
  const order = await world.create('ali_pay');
  const { heard, of } = listen();
  await until('it is heard', () => of(order).length > 0);
  const columns =
    'channel, channel_account, method, title, amount_fen, status, created_at, create_attempted_at, expires_at';
  await world.query(`INSERT INTO payment_order (order_no, biz_order_no, ${columns})
    WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 210)
    SELECT CONCAT('N', n), CONCAT('N', n), ${columns} FROM payment_order, numbers WHERE id = ${order.id}`);
  const other = listen();
  await until('it is heard', () => other.heard.some(({ type }) => type === 'missed'));
  expect(heard.map(({ type }) => type)).not.toContain('missed');
  await world.query("DELETE FROM payment_order WHERE order_no LIKE 'N%'");
});

test('no change is missed, even if it commits long after later ones', async () => {
  const [late, early] = [await world.create('ali_pay'), await world.create('ali_pay')];
  const { of } = listen();
  await until('the listening has begun', () => of(late).length > 0 && of(early).length > 0);
  const db = await openDatabase(world.env.DATABASE_URL ?? '', entities, []);
  const transaction = db.createQueryRunner();
  await transaction.startTransaction();
  await transaction.query(`UPDATE payment_order SET title = 'late' WHERE id = ${late.id}`);
  for (const title of ['one', 'two']) {
    await world.edit(early, { title });
    await until(`${title} is heard`, () => of(early).at(-1)?.title === title);
  }
  expect(of(late).at(-1)?.title).not.toBe('late');
  await transaction.commitTransaction();
  await until('it is heard', () => of(late).at(-1)?.title === 'late');
  await transaction.release();
  await db.destroy();
});

test('a database that cannot be read for a while hides no change', async () => {
  const order = await world.create('ali_pay');
  const directory = await mkdtemp(join(tmpdir(), 'autoclose-changes-'));
  const file = join(directory, 'log');
  const db = await openDatabase(world.env.DATABASE_URL ?? '', entities, []);
  const heard: Change[] = [];
  const stop = createOrderChanges(db, createLogger('debug', { file }), ticks).listen((change) =>
    heard.push(change),
  );
  const title = () =>
    heard.flatMap((change) => (change.type === 'order' ? [change.order] : [])).at(-1)?.title;
  await until('the listening has begun', () => title() === order.title);
  await world.query('RENAME TABLE payment_order TO away');
  await until('it cannot be read', async () => (await readFile(file, 'utf8')).includes('cannot be read'));
  await world.query(`UPDATE away SET title = 'meanwhile' WHERE id = ${order.id}`);
  await world.query('RENAME TABLE away TO payment_order');
  await until('it is heard', () => title() === 'meanwhile');
  stop();
  await db.destroy();
  await rm(directory, { recursive: true });
});

test('the times by which changes are found are in UTC, in any server time zone', async () => {
  const db = await openDatabase(world.env.DATABASE_URL ?? '', entities, []);
  expect(await db.query('SELECT @@session.time_zone AS zone')).toEqual([{ zone: '+00:00' }]);
  await db.destroy();
});
