import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { runDueOrder } from '../../src/order/due/run-due-order.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { requestClose } from '../../src/order/requests/close-cancel-sync.ts';
import { listStuck, recloseStuck } from '../../src/order/requests/stuck.ts';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { isPermanent } from '../../src/platform/mysql/permanent-error.ts';
import { createWorld, somebody, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.app.serve();
});
afterAll(() => world.end());

/** Makes the database refuse a payment of this order, as it would refuse one of the year 10000. */
async function holdsNoPaymentOf({ orderNo }: PaymentOrder): Promise<{ end(): Promise<void> }> {
  const name = `no_${orderNo}`;
  await world.query(
    `ALTER TABLE payment_order ADD CONSTRAINT ${name} CHECK (order_no <> '${orderNo}' OR COALESCE(paid_at, late_paid_at) IS NULL)`,
  );
  let isThere = true;
  const end = async () => {
    if (isThere) await world.query(`ALTER TABLE payment_order DROP CONSTRAINT ${name}`);
    isThere = false;
  };
  onTestFinished(end);
  return { end };
}
const now = () => world.app.deps.clock.now().getTime();
const isStuckOnData = { retryReason: 'faulty_data', stuckAt: expect.any(Date) };

describe('an order whose data the database cannot hold', () => {
  test('is stuck with that reason, retried with growing waits, and continues when it can', async () => {
    const { control } = world.simulator;
    const order = await world.create('wechat_pay');
    const constraint = await holdsNoPaymentOf(order);
    control.notifications.drop(order.orderNo);
    await control.pay(order.orderNo);
    await world.expire(order);

    const next = await world.fire(order);
    expect(next?.getTime()).toBeGreaterThan(now() + 30_000);
    const stuck = await world.reload(order);
    expect(stuck).toMatchObject({ status: 'progress', nextCloseAt: next, retryCount: 1, ...isStuckOnData });
    const entries = await listStuck(world.app.deps, { reason: 'faulty_data' }, { limit: 9, after: null });
    expect(entries).toMatchObject([
      {
        order: { orderNo: order.orderNo },
        answer: expect.stringMatching(/^cannot be stored or read here: ER_/),
      },
    ]);
    expect((await world.records(order)).at(-1)).toMatchObject({ closeType: 'close', outcome: 'faulty_data' });

    await world.edit(order, { leaseToken: null, leaseUntil: null });
    expect((await world.fire(order))?.getTime()).toBeGreaterThan(now() + 200_000);

    await constraint.end();
    await world.edit(order, { leaseToken: null, leaseUntil: null });
    expect(await world.fire(order)).toBeNull();
    expect(await world.reload(order)).toMatchObject({ status: 'success', stuckAt: null, retryReason: null });
  });

  test('answers a close request with pending, not with a server error', async () => {
    const { control } = world.simulator;
    const order = await world.create('wechat_pay');
    await holdsNoPaymentOf(order);
    control.notifications.drop(order.orderNo);
    await control.pay(order.orderNo);
    const numbers = { orderNo: order.orderNo, bizOrderNo: null };
    const outcome = await requestClose(world.app.deps, numbers, somebody);
    expect(outcome).toMatchObject({ kind: 'pending', reason: 'faulty_data' });
    expect(await world.reload(order)).toMatchObject({
      status: 'progress',
      ending: 'close',
      ...isStuckOnData,
    });
  });

  test.each(['wechat_pay', 'ali_pay'] as const)(
    '%s: a notification of its payment is stored and acknowledged, and the channel is queried again',
    async (channel) => {
      const { control } = world.simulator;
      const order = await world.create(channel);
      const constraint = await holdsNoPaymentOf(order);
      await control.pay(order.orderNo);
      expect(await control.notifications.delivered(order.orderNo)).toMatchObject({ accepted: true });
      const kept = (await world.notifications()).filter(({ orderNo }) => orderNo === order.orderNo);
      expect(kept).toMatchObject([{ outcome: 'unstorable' }]);
      expect(await world.reload(order)).toMatchObject({ status: 'progress', ...isStuckOnData });

      await constraint.end();
      await world.fire(order);
      expect(await world.reload(order)).toMatchObject({ status: 'success', stuckAt: null });
    },
  );

  test('that is closed is queried once more for its late payment', async () => {
    const { control } = world.simulator;
    const order = await world.create('wechat_pay');
    const closed = { status: 'close', closedAt: new Date(), nextCloseAt: null } as const;
    await world.edit(order, closed);
    const constraint = await holdsNoPaymentOf(order);
    await control.pay(order.orderNo);
    expect(await control.notifications.delivered(order.orderNo)).toMatchObject({ accepted: true });
    expect(await world.reload(order)).toMatchObject({
      status: 'close',
      nextCloseAt: expect.any(Date),
      ...isStuckOnData,
    });
    await constraint.end();
    await world.fire(order);
    expect(await world.reload(order)).toMatchObject({ latePaidAt: expect.any(Date) });
  });
});

test('an order whose row cannot be read is stuck, and lists still show the others', async () => {
  const order = await world.expire(await world.create('ali_pay'));
  await world.query(`UPDATE payment_order SET amount_fen = 9007199254740993 WHERE id = ${order.id}`);
  expect((await world.fire(order))?.getTime()).toBeGreaterThan(now() + 30_000);
  const entries = await listStuck(world.app.deps, { channel: 'ali_pay' }, { limit: 99, after: null });
  expect(entries.map(({ order: { orderNo } }) => orderNo)).toContain(order.orderNo);
  expect(await world.reload(order)).toMatchObject({ status: 'progress', ...isStuckOnData });
  await world.edit(order, { amountFen: 100 });
});

test('a notification with an event id or order number of any length and script is stored', async () => {
  const { store } = world.app.deps;
  const eventId = '事件'.repeat(100);
  const orderNo = '单'.repeat(80);
  expect(await store.find(orderNo)).toBeNull();
  expect(await store.findAll([orderNo])).toEqual([]);
  expect(await store.findByNumbers({ orderNo, bizOrderNo: null })).toBeNull();
  const notification = { channel: 'ali_pay', eventId, orderNo, body: '{}', receivedAt: new Date() } as const;
  await store.saveNotification({ ...notification, outcome: 'unknown_order' });
  expect(await world.notifications()).toContainEqual({
    eventId: `sha256:${createHash('sha256').update(eventId).digest('hex')}`,
    orderNo: orderNo.slice(0, 64),
    outcome: 'unknown_order',
  });
});

test('a locked row does not prevent the other stuck orders from restarting', async () => {
  const reason = 'not_enough' as const;
  const stuck = { stuckAt: new Date(now() - 1_000), retryReason: reason };
  const [locked, free] = [await world.create('ali_pay'), await world.create('ali_pay')];
  for (const order of [locked, free]) await world.edit(order, stuck);
  const db = await openDatabase(world.env.DATABASE_URL ?? '', [], []);
  onTestFinished(() => db.destroy());
  await db.transaction(async (manager) => {
    await manager.query('SELECT id FROM payment_order WHERE id = ? FOR UPDATE', [locked.id]);
    const counts = await recloseStuck(world.app.deps, { reason }, 50, somebody);
    expect(counts).toMatchObject({ enqueued: 1, ended: 0, skipped: [locked.orderNo] });
  });
  expect(await world.reload(free)).toMatchObject({ stuckAt: null });
  expect(await world.reload(locked)).toMatchObject({ retryReason: reason });
}, 20_000);

test('a timer whose order is locked fires again within seconds, without a fault', async () => {
  const order = await world.expire(await world.create('ali_pay'));
  const db = await openDatabase(world.env.DATABASE_URL ?? '', [], []);
  onTestFinished(() => db.destroy());
  await db.transaction(async (manager) => {
    await manager.query('SELECT id FROM payment_order WHERE id = ? FOR UPDATE', [order.id]);
    const trigger = { kind: 'timeout', actor: null, clientIp: null } as const;
    const next = await runDueOrder(world.app.deps, order.orderNo, trigger);
    expect(next).toMatchObject({ kind: 'at', at: expect.any(Date) });
  });
  expect(await world.reload(order)).toMatchObject({ stuckAt: null, retryReason: null });
}, 20_000);

describe('an error lies in the data', () => {
  const caught = async (sql: string) => {
    try {
      await world.query(sql);
    } catch (error) {
      return error;
    }
  };
  test.each([
    ['too late for the column', "UPDATE payment_order SET paid_at = '10000-01-01 00:00:00'"],
    ['too long for the column', "UPDATE payment_order SET channel_trade_no = REPEAT('x', 65)"],
    ['out of range', 'UPDATE payment_order SET retry_count = 99999999999'],
    ['of another script', "UPDATE payment_order SET order_no = '单'"],
    ['null where none may be', 'UPDATE payment_order SET status = NULL'],
    ['incomparable', "SELECT 1 FROM payment_order WHERE order_no = '单'"],
  ])('where a value is %s', async (_what, sql) => {
    expect(isPermanent(await caught(sql))).toBe(true);
  });

  test.each([
    ['a table is missing', 'SELECT 1 FROM no_such_table'],
    ['a statement is of another version', 'SELECT no_such_column FROM payment_order'],
  ])('and not where %s', async (_what, sql) => {
    expect(isPermanent(await caught(sql))).toBe(false);
  });
});
