import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addNoticesCommand } from '../../src/commands/notices.ts';
import { addOrderCommand } from '../../src/commands/orders/order.ts';
import { addArchiveCommand } from '../../src/commands/upkeep/archive.ts';
import { createOrder } from '../../src/order/create/create-order.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { byId } from '../../src/order/outcomes.ts';
import { archiveOrders, countArchivable } from '../../src/order/requests/archive.ts';
import { requestCancel, requestClose, requestSync } from '../../src/order/requests/close-cancel-sync.ts';
import { selectFinished } from '../../src/order/store/archive/archive-store.ts';
import { run } from '../support/run-command.ts';
import { createWorld, orderRequest, somebody, type World } from '../support/world.ts';

const tables = [
  'payment_order',
  'close_record',
  'channel_notification',
  'refund',
  'violation',
  'merchant_notice',
  'notice_attempt',
];
const DAY_MS = 86_400_000;

/** No worker runs here: notices stay as the tests make them. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.app.serve();
});
afterAll(() => world.end());
beforeEach(async () => {
  for (const table of tables)
    for (const part of ['', '_archive']) await world.query(`DELETE FROM ${table}${part}`);
});

const rows = async (part: '' | '_archive') =>
  Object.fromEntries(
    await Promise.all(
      tables.map(async (table) => [table, await world.query(`SELECT * FROM ${table}${part} ORDER BY id`)]),
    ),
  );
const count = async (table: string) => {
  const [found] = (await world.query(`SELECT COUNT(*) AS n FROM ${table}`)) as { n: string }[];
  return Number(found?.n);
};
/** Its rows changed last 100 days ago, and its notices are delivered. */
async function age(order: PaymentOrder): Promise<PaymentOrder> {
  await world.query("UPDATE merchant_notice SET state = 'delivered', next_at = NULL");
  await world.query(`UPDATE payment_order SET updated_at = NOW(6) - INTERVAL 100 DAY WHERE id = ${order.id}`);
  return world.reload(order);
}
const which = (limit = 500) => ({
  before: new Date(world.app.deps.clock.now().getTime() - 90 * DAY_MS),
  limit,
});
const archive = (limit?: number) => archiveOrders(world.app.deps, which(limit));
const notified = { notifyUrl: 'http://127.0.0.1:9/notify' };

/** Closed, with a record, a notice and its attempt. */
async function closed(): Promise<PaymentOrder> {
  const order = await world.expire(await world.create('wechat_pay', notified));
  await world.close(order);
  // As after its last look.
  await world.edit(order, { nextCloseAt: null });
  await world.query(
    `INSERT INTO notice_attempt (notice_id, attempt, at, outcome)
      SELECT id, 1, NOW(3), 'delivered' FROM merchant_notice WHERE order_no = '${order.orderNo}'`,
  );
  return age(order);
}
async function paid(): Promise<PaymentOrder> {
  const order = await world.create('wechat_pay', notified);
  await world.simulator.control.pay(order.orderNo);
  await world.simulator.control.notifications.delivered(order.orderNo);
  return age(order);
}
/** A payment after the close, refunded: with a refund and a violation. */
async function paidLate(): Promise<PaymentOrder> {
  const order = await world.create('ali_pay', notified);
  await world.edit(order, { status: 'close', closedAt: new Date(), nextCloseAt: null });
  await world.simulator.control.pay(order.orderNo);
  await world.simulator.control.notifications.delivered(order.orderNo);
  await world.fire(order);
  await world.simulator.control.clock.advance(world.simulator.control.settings.refundSettlesAfterMs);
  if ((await world.reload(order)).status === 'refunding') await world.fire(order);
  return age(order);
}

describe('autoclose archive', () => {
  test('moves finished orders with all their rows, each exactly as it was', async () => {
    for (const one of [await closed(), await paid(), await paidLate()]) await age(one);
    const before = await rows('');
    expect(await archive(2)).toBe(3);
    expect(await rows('_archive')).toEqual(before);
    for (const table of tables) {
      expect([table, await count(table)]).toEqual([table, 0]);
      expect([table, await count(`${table}_archive`)]).not.toEqual([table, 0]);
    }
  });

  test('in a dry run counts them, and changes nothing', async () => {
    for (const one of [await closed(), await paid(), await closed()]) await age(one);
    const before = [await rows(''), await rows('_archive')];
    expect(await countArchivable(world.app.deps, which(2))).toBe(3);
    expect([await rows(''), await rows('_archive')]).toEqual(before);
  });

  test('leaves every order on which something is left to do, or that changed since', async () => {
    const soon = new Date(Date.now() + DAY_MS);
    const sets: Partial<PaymentOrder>[] = [
      { status: 'progress' },
      { nextCloseAt: soon },
      { watchUntil: soon, nextCloseAt: soon },
      { leaseToken: 'held', leaseUntil: soon },
      { stuckAt: new Date() },
      { latePaidAt: new Date() },
      { status: 'refunding', nextCloseAt: soon, latePaidAt: new Date() },
      { status: 'refunding', latePaidAt: new Date() },
      { status: 'success', stuckAt: new Date(), ending: 'cancel' },
    ];
    for (const set of sets) await age(await world.edit(await closed(), set));
    const noticed = await closed();
    await world.query(
      `UPDATE merchant_notice SET state = 'pending', next_at = NOW(3) WHERE order_no = '${noticed.orderNo}'`,
    );
    const refunding = await paidLate();
    await world.query(
      `UPDATE merchant_notice SET state = 'pending', next_at = NOW(3) WHERE order_no = '${noticed.orderNo}'`,
    );
    await world.query(`UPDATE refund SET state = 'pending' WHERE order_id = ${refunding.id}`);
    const young = await closed();
    expect(await countArchivable(world.app.deps, which())).toBe(2);
    await world.query(
      `UPDATE merchant_notice SET state = 'pending', next_at = NOW(3) WHERE order_no = '${noticed.orderNo}'`,
    );
    await world.query(
      `UPDATE payment_order SET updated_at = NOW(6) - INTERVAL 89 DAY WHERE id = ${young.id}`,
    );
    const before = await rows('');
    for (const limit of [1, 3, 500]) {
      expect(await countArchivable(world.app.deps, which(limit))).toBe(0);
      expect(await archive(limit)).toBe(0);
    }
    expect(await rows('')).toEqual(before);
  });

  test('run twice at the same time moves each order once', async () => {
    for (let each = 0; each < 6; each += 1) await closed();
    await world.query('UPDATE payment_order SET updated_at = NOW(6) - INTERVAL 100 DAY');
    const moved = await Promise.all([archive(1), archive(1)]);
    // A row that the other run has locked is left to it.
    expect(moved[0] + moved[1]).toBe(6);
    expect(await count('payment_order')).toBe(0);
    expect(await count('payment_order_archive')).toBe(6);
  });

  test('reads the index of the last change, however many orders there are', async () => {
    const plan = (await world.query(
      `EXPLAIN ${selectFinished.replaceAll('?', 'NOW()')} ORDER BY updated_at, id LIMIT 500`,
    )) as { key: string; type: string; Extra: string }[];
    expect(plan).toEqual([expect.objectContaining({ key: 'ix_updated_at', type: 'range' })]);
    expect(plan[0]?.Extra).not.toContain('filesort');
  });

  test('has a column in the archive for each column of the live tables, of the same type', async () => {
    for (const table of tables) {
      const columns = (name: string) =>
        world.query(
          `SELECT column_name AS name, column_type AS type, is_nullable AS optional, collation_name AS collation
            FROM information_schema.columns
            WHERE table_schema = DATABASE() AND table_name = '${name}' ORDER BY column_name`,
        );
      expect(await columns(`${table}_archive`)).toEqual(await columns(table));
    }
  });

  test('its command counts and moves, and refuses less than 30 days', async () => {
    await closed();
    const command = (...args: string[]) =>
      run((program) => addArchiveCommand(program, () => world.openApp()), 'archive', ...args);
    const result = { orders: 1, before: expect.any(String), dryRun: true };
    expect((await command('--older-than', '90d', '--dry-run', '--json')).json()).toEqual([result]);
    expect((await command('--older-than', '101d')).stdout).toMatch(/^0 archived, unchanged since/);
    expect((await command('--older-than', '90d')).stdout).toMatch(/^1 archived, unchanged since/);
    for (const wrong of [['29d'], ['90'], ['90d', '--batch', '5001'], ['90d', '--batch', '0']])
      await expect(command('--older-than', ...wrong)).rejects.toThrow(/must be/);
    expect(await count('payment_order_archive')).toBe(1);
  });
});

describe('an archived order', () => {
  const notPaid = async () => {
    const order = await closed();
    expect(await archive()).toBe(1);
    return order;
  };

  test('is found by each of its numbers, by the API, the command and the page, and stays archived', async () => {
    const order = await paid();
    expect(await archive()).toBe(1);
    const { orderNo, bizOrderNo, id, channelTradeNo } = order;
    const none = { orderNo: null, bizOrderNo: null };
    for (const numbers of [
      { ...none, orderNo },
      { ...none, bizOrderNo },
      { ...none, orderNo: id },
      { ...none, outOrderNo: channelTradeNo },
    ])
      expect(await world.app.deps.store.findNamed(numbers)).toEqual({ order, contradiction: null });
    const shown = await world.app.orderAdmin.readOrder(orderNo);
    expect(shown).toMatchObject({ isArchived: true, order: { orderNo, status: 'success' } });
    expect(shown?.timeline.map(({ kind }) => kind)).toEqual(['created', 'notification', 'notice']);
    const open = () => world.openApp();
    for (const number of [orderNo, bizOrderNo, id, String(channelTradeNo)]) {
      const ran = await run((program) => addOrderCommand(program, open), 'order', number);
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/^archived +yes$/m) });
    }
    const noticed = await run((program) => addNoticesCommand(program, open), 'notices', orderNo, '--json');
    expect(noticed.json()).toEqual([[expect.objectContaining({ orderNo, state: 'delivered' })]]);
    expect(await count('payment_order')).toBe(0);
  });

  test('is the same order when its merchant creates it again', async () => {
    const order = await notPaid();
    const again = await createOrder(world.app.deps, {
      ...orderRequest('wechat_pay', order.bizOrderNo),
      ...notified,
    });
    expect(again).toEqual({ kind: 'ended', order });
    expect(await count('payment_order')).toBe(0);
  });

  test('takes a late payment: it is moved back, and the payment is recorded', async () => {
    const order = await world.create('wechat_pay', notified);
    await world.edit(order, { status: 'close', closedAt: new Date(), nextCloseAt: null });
    await age(order);
    expect(await archive()).toBe(1);
    await world.simulator.control.pay(order.orderNo);
    expect(await world.simulator.control.notifications.delivered(order.orderNo)).toMatchObject({
      accepted: true,
    });
    expect(await world.reload(order)).toMatchObject({ status: 'refunding', latePaidAt: expect.any(Date) });
    expect(await world.notifications()).toMatchObject([{ orderNo: order.orderNo, outcome: 'late' }]);
    expect([await count('payment_order'), await count('payment_order_archive')]).toEqual([1, 0]);
    expect(await count('violation')).toBe(1);
  });

  test('takes a repeated notification as repeated', async () => {
    const order = await paid();
    const before = await rows('');
    expect(await archive()).toBe(1);
    await world.simulator.control.notifications.resend(order.orderNo);
    const after = await rows('');
    const isUpdated = (row: object) => ({ ...row, updated_at: expect.any(Date) });
    expect(after).toEqual({ ...before, payment_order: before.payment_order.map(isUpdated) });
    expect(await archive()).toBe(0);
  });

  test('is moved back by a request to close, cancel or sync, and each answers as before', async () => {
    for (const [act, expected] of [
      [requestClose, { kind: 'ended', status: 'success' }],
      [requestSync, { kind: 'synced', order: { status: 'success' } }],
      [requestCancel, { kind: 'pending', reason: 'refunding' }],
    ] as const) {
      const order = await age(await paid());
      const before = await world.app.orderAdmin.readOrder(order.orderNo);
      expect(await archive()).toBe(1);
      expect(await act(world.app.deps, byId(order), somebody)).toMatchObject(expected);
      expect(await count('payment_order_archive')).toBe(0);
      const after = await world.app.orderAdmin.readOrder(order.orderNo);
      expect(after).toMatchObject({ isArchived: false });
      expect(after?.timeline.slice(0, before?.timeline.length)).toEqual(before?.timeline);
      await world.query('UPDATE payment_order SET updated_at = NOW(6)');
    }
  });

  test('is moved back once by many requests at the same time', async () => {
    const order = await notPaid();
    const found = await Promise.all(
      Array.from({ length: 8 }, () => world.app.deps.store.findToChange(order.orderNo)),
    );
    expect(found).toEqual(Array.from({ length: 8 }, () => order));
    expect([await count('payment_order'), await count('payment_order_archive')]).toEqual([1, 0]);
  });

  test('is moved back when its notices are sent again', async () => {
    const order = await notPaid();
    const open = () => world.openApp();
    await run((program) => addNoticesCommand(program, open), 'notices', order.orderNo, '--resend');
    expect(await world.query('SELECT state FROM merchant_notice')).toEqual([{ state: 'pending' }]);
    expect([await count('payment_order'), await count('payment_order_archive')]).toEqual([1, 0]);
  });
});
