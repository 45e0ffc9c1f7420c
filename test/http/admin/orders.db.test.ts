import type { Command } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addViolationsCommand } from '../../../src/commands/orders/violations.ts';
import {
  type ActionResult,
  type ApiProblem,
  type OrderDetail,
  type OrderRow,
  orderActions,
  type Page,
  type ViolationRow,
} from '../../../src/http/admin/api.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { createOrderAdminServer, type OrderAdminServer } from '../../support/order-admin.ts';
import { run } from '../../support/run-command.ts';
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

const act = ({ orderNo }: PaymentOrder, action: string, body?: unknown) =>
  admin.post<ActionResult>(`/orders/${orderNo}/${action}`, body);

describe('permissions', () => {
  const reads = ['/orders', '/close-records', '/stuck', '/late', '/violations', '/figures'];

  test('a viewer reads, and is denied every action', async () => {
    const { orderNo } = await world.create('ali_pay');
    admin.signIn('wang', 'viewer');
    for (const path of [...reads, `/orders/${orderNo}`]) expect((await admin.get(path)).status).toBe(200);
    const actions = [
      ...orderActions.map((action) => `/orders/${orderNo}/${action}`),
      '/stuck/ask',
      '/stuck/reclose',
    ];
    for (const path of actions) {
      expect(await admin.post<ApiProblem>(path)).toMatchObject({
        status: 403,
        body: { error: 'not_allowed', detail: 'operator' },
      });
    }
    expect(admin.audited).toEqual([]);
    expect((await admin.get<OrderDetail>(`/orders/${orderNo}`)).body.order.status).toBe('progress');
  });

  test('without signing in nothing can be read or done', async () => {
    admin.signOut();
    for (const path of [...reads, '/orders/AC1', '/events']) {
      expect(await admin.get<ApiProblem>(path)).toMatchObject({ status: 401 });
    }
    expect(await admin.post('/stuck/reclose')).toMatchObject({ status: 401 });
    expect(await admin.post('/orders/AC1/close')).toMatchObject({ status: 401 });
  });
});

test('violations are listed with their orders, newest first, in pages without gaps', async () => {
  const orders = [await world.create('ali_pay'), await world.create('wechat_pay')];
  for (const { id, orderNo, channel } of orders)
    await world.query(`INSERT INTO violation (order_id, order_no, channel, kind, found_at)
      VALUES (${id}, '${orderNo}', '${channel}', 'paid', '2026-01-01')`);
  const [older, newer] = orders.map(({ orderNo, channel }) => ({
    orderNo,
    channel,
    kind: 'paid',
    foundAt: '2026-01-01T00:00:00.000Z',
  }));
  const first = (await admin.get<Page<ViolationRow>>('/violations?limit=1')).body;
  expect(first.rows).toEqual([newer]);
  const second = (await admin.get<Page<ViolationRow>>(`/violations?limit=1&after=${first.next}`)).body;
  expect(second).toEqual({ rows: [older], next: null });
  const add = (program: Command) => addViolationsCommand(program, () => world.openApp());
  const { code, json } = await run(add, 'violations', '--json');
  expect([code, json()]).toEqual([0, [newer, older]]);
});

describe('an invalid request is rejected with the name of the field', () => {
  test.each([
    ['/orders?status=paid', 'status'],
    ['/orders?channel=paypal', 'channel'],
    ['/orders?state=lost', 'state'],
    ['/orders?limit=0', 'limit'],
    ['/orders?limit=201', 'limit'],
    ['/orders?limit=1e1000', 'limit'],
    ['/orders?createdFrom=yesterday', 'createdFrom'],
    ['/orders?createdTo=2026-01-01', 'createdTo'],
    ['/orders?after=1;2', 'after'],
    ['/orders?after=999999999999999-1', 'after'],
    [`/orders?search=${'x'.repeat(200)}`, 'search'],
    ['/orders?status=close&status=close', 'status'],
    ['/close-records?after=x', 'after'],
    [`/close-records?outcome=${'x'.repeat(30)}`, 'outcome'],
    ['/stuck?reason=bored', 'reason'],
  ])('GET %s', async (path, detail) => {
    expect(await admin.get<ApiProblem>(path)).toMatchObject({
      status: 400,
      body: { error: 'bad_request', detail },
    });
  });

  test.each([
    ['/stuck/reclose', { orderNo: ['AC1'] }, 'orderNo'],
    ['/stuck/reclose', { orderNos: [] }, 'orderNos'],
    ['/stuck/ask', { orderNos: Array(201).fill('AC1') }, 'orderNos'],
    ['/stuck/ask', { orderNos: ['订单'] }, 'orderNos.0'],
    ['/stuck/ask', { channel: 'paypal' }, 'channel'],
    ['/stuck/ask', [], ''],
  ])('POST %s %j', async (path, body, detail) => {
    expect(await admin.post<ApiProblem>(path, body)).toMatchObject({
      status: 400,
      body: { error: 'bad_request', detail },
    });
  });

  test('an unknown decision, an unknown order, and a body that is not JSON are rejected', async () => {
    const order = await world.create('ali_pay');
    expect(await act(order, 'late', { decision: 'keep' })).toMatchObject({
      status: 400,
      body: { detail: 'decision' },
    });
    for (const orderNo of ['AC0', '%E8%AE%A2', "AC0'", 'x'.repeat(50)]) {
      expect((await admin.get(`/orders/${orderNo}`)).status).toBe(404);
    }
    expect((await admin.post('/orders/AC0/close')).status).toBe(404);
    const url = '/admin/api/stuck/reclose';
    const sent = (payload: string, type: string) =>
      admin.http.inject({ method: 'POST', url, payload, headers: { 'content-type': type } });
    expect((await sent('{', 'application/json')).statusCode).toBe(400);
    expect((await sent('a=1', 'application/x-www-form-urlencoded')).statusCode).toBeGreaterThanOrEqual(400);
    expect(admin.audited).toEqual([]);
  });

  test('blanks around a search term are ignored, and an empty term matches all', async () => {
    const { orderNo } = await world.create('ali_pay');
    const found = await admin.get<Page<OrderRow>>(`/orders?search=%20${orderNo}%0A`);
    expect(found.body).toMatchObject({ rows: [{ orderNo }], next: null });
    expect((await admin.get<Page<OrderRow>>('/orders?search=%20')).body.rows.length).toBeGreaterThan(1);
  });
});

test('an order of a custom channel is listed, found, shown and filtered like any other', async () => {
  const order = await world.create('ali_pay');
  const orderNo = `A-1_b|${order.id}`;
  await world.edit(order, { channel: 'own_mall', orderNo, stuckAt: new Date(), status: 'progress' });
  const match = { body: { rows: expect.arrayContaining([expect.objectContaining({ orderNo })]) } };
  for (const list of ['/orders', '/orders?channel=own_mall', '/orders?state=open', '/stuck?channel=own_mall'])
    expect(await admin.get(list)).toMatchObject(match);
  expect(await admin.get('/close-records?channel=own_mall')).toMatchObject({ status: 200 });
  const shown = await admin.get<OrderDetail>(`/orders/${encodeURIComponent(orderNo)}`);
  expect(shown.body.order.channel).toBe('own_mall');
  for (const channel of ['own_', 'mall', 'own_A'])
    expect((await admin.get(`/orders?channel=${channel}`)).status).toBe(400);
  await world.query(`DELETE FROM payment_order WHERE id = ${order.id}`);
});
