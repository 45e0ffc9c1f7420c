import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApiProblem, DryRunResult, Page, RecloseResult, StuckRow } from '../../../src/http/admin/api.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { createOrderAdminServer, type OrderAdminServer } from '../../support/order-admin.ts';
import { createWorld, type World } from '../../support/world.ts';

/** No worker is running. */
let world: World;
let admin: OrderAdminServer;
beforeAll(async () => {
  world = await createWorld();
  admin = createOrderAdminServer(world.app);
});
afterAll(async () => {
  await admin.http.close();
  await world.end();
});
beforeEach(() => {
  world.simulator.control.clearFaults();
  admin.audited.length = 0;
  admin.signIn('li', 'operator');
});

const past = new Date(Date.now() - 60_000);

function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}

describe('stuck orders', () => {
  async function stuck(channel: PaymentOrder['channel'], stuckAt: Date) {
    const order = await world.expire(await world.create(channel));
    return world.edit(order, { stuckAt, retryReason: 'unreachable', retryCount: 7 });
  }
  beforeEach(async () => {
    await world.query('UPDATE payment_order SET stuck_at = NULL');
  });

  test('are listed, stuck longest first, page by page', async () => {
    const orders = [];
    for (const ago of [3, 2, 1]) orders.push(await stuck('ali_pay', new Date(past.getTime() - ago)));
    await stuck('wechat_pay', past);
    const first = await admin.get<Page<StuckRow>>('/stuck?channel=ali_pay&limit=2');
    const second = await admin.get<Page<StuckRow>>(`/stuck?channel=ali_pay&limit=2&after=${first.body.next}`);
    expect([...first.body.rows, ...second.body.rows].map(({ orderNo }) => orderNo)).toEqual(
      orders.map(({ orderNo }) => orderNo),
    );
    expect(second.body.next).toBeNull();
  });

  test('a dry run returns the channels’ answers, and changes nothing but the audit trail', async () => {
    const [paid, unpaid] = [await stuck('ali_pay', past), await stuck('wechat_pay', past)];
    world.simulator.control.notifications.drop(paid.orderNo, 100);
    await world.simulator.control.pay(paid.orderNo);
    const { body } = await admin.post<DryRunResult>('/stuck/ask');
    expect(body.isCut).toBe(false);
    const says = new Map(body.rows.map(({ order, says }) => [order.orderNo, says]));
    expect(says).toEqual(
      new Map([
        [paid.orderNo, 'paid'],
        [unpaid.orderNo, 'unpaid'],
      ]),
    );
    expect(await world.reload(paid)).toEqual(paid);
    const one = await admin.post<DryRunResult>('/stuck/ask', { orderNos: [unpaid.orderNo, 'AC0'] });
    expect(one.body.rows.map(({ order }) => order.orderNo)).toEqual([unpaid.orderNo]);
    expect(admin.audited.map(({ action, subject }) => [action, subject])).toEqual([
      ['stuck_ask', null],
      ['stuck_ask', unpaid.orderNo],
      ['stuck_ask', 'AC0'],
    ]);
  });

  test('a dry run that runs out of time reports that there are more', async () => {
    await stuck('ali_pay', past);
    const { orderAdmin } = world.app;
    const hurried = createOrderAdminServer(world.app, {
      queryChannels: (orders) => orderAdmin.queryChannels(orders, AbortSignal.abort()),
    });
    hurried.signIn('li', 'operator');
    const { body } = await hurried.post<DryRunResult>('/stuck/ask');
    expect(body).toEqual({ rows: [], isCut: true });
    await hurried.http.close();
  });

  test('named orders are looked up in one query', async () => {
    const { orderNo } = await stuck('ali_pay', past);
    const lookedUp: string[][] = [];
    const counted = createOrderAdminServer(world.app, {
      findOrder: () => Promise.reject(new Error('one by one')),
      findOrders(orderNos) {
        lookedUp.push(orderNos);
        return world.app.orderAdmin.findOrders(orderNos);
      },
    });
    counted.signIn('li', 'operator');
    const orderNos = [orderNo, ...Array.from({ length: 199 }, (_, n) => `AC${n}`)];
    const answer = await counted.post<DryRunResult>('/stuck/ask', { orderNos });
    expect(answer.body.rows.map(({ order }) => order.orderNo)).toEqual([orderNo]);
    const begun = await counted.post<RecloseResult>('/stuck/reclose', { orderNos });
    expect(begun.body.orders.map(({ outcome }) => outcome)).toEqual([
      'enqueued',
      ...Array(199).fill('not_found'),
    ]);
    expect(lookedUp).toEqual([orderNos, orderNos.slice(1)]);
    await counted.http.close();
  });

  test('only one dry run at a time, to limit the load on the channels', async () => {
    await stuck('ali_pay', past);
    const asked = signal();
    const answered = signal();
    const slow = createOrderAdminServer(world.app, {
      async queryChannels() {
        asked.give();
        await answered.given;
        return [];
      },
    });
    slow.signIn('li', 'operator');
    const first = slow.post('/stuck/ask');
    await asked.given;
    expect(await slow.post<ApiProblem>('/stuck/ask')).toMatchObject({
      status: 429,
      body: { error: 'too_many' },
    });
    answered.give();
    expect((await first).status).toBe(200);
    expect((await slow.post('/stuck/ask')).status).toBe(200);
    await slow.http.close();
  });

  test('named orders are re-closed, except those that are not stuck', async () => {
    const [order, other] = [await stuck('ali_pay', past), await stuck('ali_pay', past)];
    const well = await world.create('ali_pay');
    const orderNos = [order.orderNo, well.orderNo, 'AC0'];
    const { body } = await admin.post<RecloseResult>('/stuck/reclose', { orderNos });
    expect(body).toMatchObject({
      enqueued: 1,
      ended: 0,
      lastAt: expect.any(String),
      orders: [
        { orderNo: order.orderNo, outcome: 'enqueued' },
        { orderNo: well.orderNo, outcome: 'ended' },
        { orderNo: 'AC0', outcome: 'not_found' },
      ],
    });
    expect(await world.reload(order)).toMatchObject({ stuckAt: null, retryCount: 0 });
    expect((await world.queue('ali_pay').getJob(order.orderNo))?.name).toBe('admin');
    expect(await world.reload(other)).toEqual(other);
    expect(await world.reload(well)).toEqual(well);
    expect(admin.audited.map(({ subject, outcome }) => [subject, outcome])).toEqual([
      [null, 'begun'],
      [order.orderNo, 'enqueued'],
      [well.orderNo, 'ended'],
      ['AC0', 'not_found'],
      [null, '1 enqueued, 0 ended'],
    ]);
  });

  test('are re-closed in parts at one rate, and none twice that becomes stuck again meanwhile', async () => {
    const made = await stuck('ali_pay', past);
    const columns =
      'channel, channel_account, method, title, amount_fen, status, ending, created_at, create_attempted_at, expires_at, retry_count, retry_reason, not_notify, close_attempts';
    await world.query(`INSERT INTO payment_order (order_no, biz_order_no, next_close_at, stuck_at, ${columns})
      SELECT CONCAT('M', n), CONCAT('M', n), next_close_at, DATE_ADD(stuck_at, INTERVAL n * 1000 MICROSECOND), ${columns}
      FROM payment_order, (WITH RECURSIVE k AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM k WHERE n < 501) SELECT n FROM k) AS many
      WHERE id = ${made.id}`);
    const first = await admin.post<RecloseResult>('/stuck/reclose', { channel: 'ali_pay' });
    expect(first.body).toMatchObject({ enqueued: 500, next: expect.any(String) });
    const again = await world.edit(made, { stuckAt: new Date(Date.now() + 60_000) });
    const request = { channel: 'ali_pay', after: first.body.next };
    const second = await admin.post<RecloseResult>('/stuck/reclose', request);
    expect(second.body).toMatchObject({ enqueued: 2, ended: 0, next: null });
    const lastAt = (body: RecloseResult) => new Date(body.lastAt ?? 0).getTime();
    expect(lastAt(second.body) - lastAt(first.body)).toBeGreaterThanOrEqual(100);
    expect(await world.reload(made)).toEqual(again);
    expect(await admin.post('/stuck/reclose', { after: '1-2' })).toMatchObject({
      status: 400,
      body: { detail: 'after' },
    });
    await world.query("DELETE FROM payment_order WHERE order_no LIKE 'M%'");
  }, 60_000);

  test('all that the filter finds are re-closed, at most 20 per second', async () => {
    const orders = [];
    for (const ago of [3, 2, 1]) orders.push(await stuck('ali_pay', new Date(past.getTime() - ago)));
    const other = await stuck('wechat_pay', past);
    const { body } = await admin.post<RecloseResult>('/stuck/reclose', { channel: 'ali_pay' });
    expect(body).toMatchObject({ enqueued: 3, ended: 0, orders: [], next: null });
    const due = await Promise.all(
      orders.map(async (order) => (await world.reload(order)).nextCloseAt?.getTime() ?? 0),
    );
    expect(due.map((at) => at - (due[0] ?? 0))).toEqual([0, 50, 100]);
    expect(new Date(body.lastAt ?? 0).getTime()).toBe(due[2]);
    expect(await world.reload(other)).toEqual(other);
    const entry = { action: 'stuck_reclose', before: 'all that are stuck, ali_pay' };
    expect(admin.audited.at(0)).toMatchObject({ ...entry, subject: null, outcome: 'begun' });
    const each = admin.audited.slice(1, -1);
    expect(each.map(({ subject, outcome }) => `${subject} ${outcome}`).sort()).toEqual(
      orders.map(({ orderNo }) => `${orderNo} enqueued`).sort(),
    );
    expect(admin.audited.at(-1)).toMatchObject({ ...entry, subject: null, outcome: '3 enqueued, 0 ended' });
  });
});
