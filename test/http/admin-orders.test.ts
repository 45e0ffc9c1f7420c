import type { Command } from 'commander';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addViolationsCommand } from '../../src/commands/violations.ts';
import {
  type ActionResult,
  type ApiProblem,
  type ChannelSaysList,
  type LateList,
  type OrderDetail,
  type OrderRow,
  orderActions,
  type Page,
  type RecloseResult,
  type StuckRow,
  type ViolationRow,
} from '../../src/http/admin/api.ts';
import type { OrderRoutesDeps } from '../../src/http/admin/order-routes.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createOrderAdminServer, type OrderAdminServer } from '../support/order-admin.ts';
import { run } from '../support/run-command.ts';
import { createWorld, type World } from '../support/world.ts';

/** No worker runs here. */
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
const past = new Date(Date.now() - 60_000);

describe('who may do what', () => {
  const reads = ['/orders', '/close-records', '/stuck', '/late', '/violations', '/figures'];

  test('a viewer reads, and is refused every action', async () => {
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

  test('nobody who has not signed in reads or does anything', async () => {
    admin.signOut();
    for (const path of [...reads, '/orders/AC1', '/events']) {
      expect(await admin.get<ApiProblem>(path)).toMatchObject({ status: 401 });
    }
    expect(await admin.post('/stuck/reclose')).toMatchObject({ status: 401 });
    expect(await admin.post('/orders/AC1/close')).toMatchObject({ status: 401 });
  });
});

describe('an action does what it says, is recorded with who and from where, and audited', () => {
  test('close', async () => {
    const order = await world.create('ali_pay');
    const { status, body } = await act(order, 'close');
    expect(status).toBe(200);
    expect(body).toMatchObject({ action: 'close', outcome: 'closed', order: { status: 'close' } });
    expect(body.order.closedAt).toBe((await world.reload(order)).closedAt?.toISOString());
    expect(await world.records(order)).toMatchObject([
      { trigger: 'admin', actor: 'li', clientIp: '203.0.113.7', outcome: 'closed' },
    ]);
    const entry = {
      ...{ actor: 'li', ip: '203.0.113.7', action: 'close', subject: order.orderNo },
      before: 'progress/expiry',
    };
    expect(admin.audited).toEqual([
      { ...entry, after: null, outcome: 'begun' },
      { ...entry, after: 'close/close', outcome: 'closed' },
    ]);
    expect((await act(order, 'close')).body).toMatchObject({ outcome: 'ended', order: { status: 'close' } });
  });

  test('a close that is not decided says why and when it goes on', async () => {
    const order = await world.create('wechat_pay');
    const match = { orderNo: order.orderNo };
    world.simulator.control.addFault({ kind: 'status', status: 503, match });
    const { body } = await act(order, 'close');
    expect(body).toMatchObject({
      outcome: 'pending',
      reason: 'unreachable',
      answer: expect.stringMatching(/^503/),
      retryAt: (await world.reload(order)).nextCloseAt?.toISOString(),
    });
    expect(admin.audited.slice(1)).toMatchObject([
      { after: 'progress/close', outcome: 'pending unreachable' },
    ]);
  });

  test('cancel, of a paid order too', async () => {
    const order = await world.create('ali_pay');
    world.simulator.control.notifications.drop(order.orderNo, 100);
    await world.simulator.control.pay(order.orderNo);
    const { body } = await act(order, 'cancel');
    expect(body).toMatchObject({ outcome: 'cancelled', refunded: true, order: { status: 'cancel' } });
    expect((await world.records(order)).at(-1)).toMatchObject({ trigger: 'admin', actor: 'li' });
    expect(admin.audited.slice(1)).toMatchObject([{ action: 'cancel', after: 'cancel/cancel' }]);
  });

  test('sync', async () => {
    const order = await world.create('ali_pay');
    world.simulator.control.notifications.drop(order.orderNo, 100);
    await world.simulator.control.pay(order.orderNo);
    const { body } = await act(order, 'sync');
    expect(body).toMatchObject({
      outcome: 'synced',
      channelStatus: 'pay_success',
      repaired: true,
      order: { status: 'success' },
    });
    expect(admin.audited.slice(1)).toMatchObject([
      { action: 'sync', before: 'progress/expiry', after: 'success/expiry' },
    ]);
  });

  test('reclose', async () => {
    const order = await world.create('ali_pay');
    expect((await act(order, 'reclose')).body).toMatchObject({ outcome: 'enqueued' });
    expect(await world.timerState(order)).toBe('waiting');
    const job = await world.queue('ali_pay').getJob(order.orderNo);
    expect([job?.name, job?.data]).toEqual(['admin', { orderNo: order.orderNo, actor: 'li' }]);
    expect(admin.audited.slice(1)).toMatchObject([
      { action: 'reclose', after: 'progress/close', outcome: 'enqueued' },
    ]);
  });

  test('resend', async () => {
    const order = await world.create('ali_pay', { notifyUrl: 'http://203.0.113.9/notice' });
    expect((await act(order, 'resend')).body).toMatchObject({ outcome: 'nothing_to_resend', count: 0 });
    await world.close(order, 'api');
    await world.query(
      `UPDATE merchant_notice SET state = 'given_up', next_at = NULL WHERE order_no = '${order.orderNo}'`,
    );
    expect((await act(order, 'resend')).body).toMatchObject({ outcome: 'enqueued', count: 1 });
    expect(
      await world.query(`SELECT state FROM merchant_notice WHERE order_no = '${order.orderNo}'`),
    ).toEqual([{ state: 'pending' }]);
    expect(admin.audited.at(-1)).toMatchObject({ action: 'resend', outcome: 'enqueued 1' });
  });

  test('late: a payment that waits for a person is listed, decided once, and then not any more', async () => {
    const late = { status: 'close', closedAt: past, latePaidAt: past, nextCloseAt: null } as const;
    const order = await world.edit(await world.create('ali_pay'), late);
    const waiting = async () => (await admin.get<LateList>('/late')).body;
    expect(await waiting()).toMatchObject({ policy: 'refund', violations: 0 });
    expect((await waiting()).rows.map(({ orderNo }) => orderNo)).toContain(order.orderNo);
    const { body } = await act(order, 'late', { decision: 'reopen' });
    expect(body).toMatchObject({ outcome: 'decided', decision: 'reopen', order: { status: 'success' } });
    expect((await world.records(order)).at(-1)).toMatchObject({
      closeType: 'late',
      trigger: 'admin',
      actor: 'li',
      clientIp: '203.0.113.7',
    });
    expect(admin.audited.slice(1)).toMatchObject([
      { action: 'late', before: 'close/expiry', after: 'success/expiry', outcome: 'reopen decided' },
    ]);
    expect((await waiting()).rows.map(({ orderNo }) => orderNo)).not.toContain(order.orderNo);
    expect((await act(order, 'late', { decision: 'refund' })).body.outcome).toBe('nothing_to_decide');
  });
});

describe('the audit trail has what was done, whatever fails', () => {
  const failing = (fails: (outcome: string) => boolean, more: Partial<OrderRoutesDeps> = {}) => {
    const audited: string[] = [];
    const lines: object[] = [];
    const log = { ...createLogger('silent'), error: (fields: object) => void lines.push(fields) };
    const server = createOrderAdminServer(world.app, {
      audit: async ({ subject, outcome }) => {
        if (fails(outcome)) throw new Error('the database is away');
        audited.push(`${subject} ${outcome}`);
      },
      log: log as never,
      ...more,
    });
    server.signIn('li', 'operator');
    return { ...server, audited, lines };
  };

  test('nothing is done that cannot be recorded', async () => {
    const order = await world.create('ali_pay');
    const server = failing(() => true);
    expect(await server.post(`/orders/${order.orderNo}/close`)).toMatchObject({ status: 500 });
    expect(await server.post('/stuck/reclose')).toMatchObject({ status: 500 });
    expect(await world.reload(order)).toEqual(order);
    await server.http.close();
  });

  test('what was done is answered, and in the log if not in the trail', async () => {
    const order = await world.create('ali_pay');
    const server = failing((outcome) => outcome !== 'begun');
    const { status, body } = await server.post<ActionResult>(`/orders/${order.orderNo}/close`);
    expect([status, body.outcome]).toEqual([200, 'closed']);
    expect(server.lines).toMatchObject([
      { entry: { actor: 'li', action: 'close', subject: order.orderNo, outcome: 'closed' } },
    ]);
    await server.http.close();
  });

  test('an action that fails, and what has begun again before many of them failed', async () => {
    const { orderNo } = await world.create('ali_pay');
    const begun = await world.create('ali_pay');
    const server = failing(() => false, {
      closeOrder: () => Promise.reject(new Error('the database is away')),
      recloseStuck(_filter, _trigger, onBegun) {
        onBegun(Object.assign(begun, { stuckAt: past }));
        return Promise.reject(new Error('the database is away'));
      },
    });
    expect(await server.post(`/orders/${orderNo}/close`)).toMatchObject({ status: 500 });
    expect(await server.post('/stuck/reclose')).toMatchObject({ status: 500 });
    expect(server.audited).toEqual([
      `${orderNo} begun`,
      `${orderNo} failed`,
      'null begun',
      `${begun.orderNo} enqueued`,
      'null failed, 1 enqueued',
    ]);
    await server.http.close();
  });
});

test.each(orderActions)(
  '%s is done to the order that is named, and not to one whose id that number is',
  async (action) => {
    const late = { status: 'close', closedAt: past, latePaidAt: past, nextCloseAt: null } as const;
    const made = await world.create('ali_pay');
    const victim = action === 'late' ? await world.edit(made, late) : made;
    const meant = await world.edit(await world.create('ali_pay'), {
      orderNo: victim.id,
      ...(action === 'late' && late),
    });
    expect((await act(meant, action, { decision: 'handled' })).body.order.bizOrderNo).toBe(meant.bizOrderNo);
    expect(await world.reload(victim)).toEqual(victim);
    expect(await world.records(victim)).toEqual([]);
    expect(admin.audited.at(-1)).toMatchObject({ action, subject: victim.id });
  },
);

test('violations are listed with their orders, newest first, and page without gaps', async () => {
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

describe('what is wrong with a request is said by the name of its field', () => {
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

  test('a decision that there is not, an order that is not there, and a body that is no JSON', async () => {
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

  test('blanks around a number that is searched for are not part of it, and no number means all', async () => {
    const { orderNo } = await world.create('ali_pay');
    const found = await admin.get<Page<OrderRow>>(`/orders?search=%20${orderNo}%0A`);
    expect(found.body).toMatchObject({ rows: [{ orderNo }], next: null });
    expect((await admin.get<Page<OrderRow>>('/orders?search=%20')).body.rows.length).toBeGreaterThan(1);
  });
});

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

  test('a dry run says what the channels say now, and changes nothing but the audit trail', async () => {
    const [paid, unpaid] = [await stuck('ali_pay', past), await stuck('wechat_pay', past)];
    world.simulator.control.notifications.drop(paid.orderNo, 100);
    await world.simulator.control.pay(paid.orderNo);
    const { body } = await admin.post<ChannelSaysList>('/stuck/ask');
    expect(body.isCut).toBe(false);
    const says = new Map(body.rows.map(({ order, says }) => [order.orderNo, says]));
    expect(says).toEqual(
      new Map([
        [paid.orderNo, 'paid'],
        [unpaid.orderNo, 'unpaid'],
      ]),
    );
    expect(await world.reload(paid)).toEqual(paid);
    const one = await admin.post<ChannelSaysList>('/stuck/ask', { orderNos: [unpaid.orderNo, 'AC0'] });
    expect(one.body.rows.map(({ order }) => order.orderNo)).toEqual([unpaid.orderNo]);
    expect(admin.audited.map(({ action, subject }) => [action, subject])).toEqual([
      ['stuck_ask', null],
      ['stuck_ask', unpaid.orderNo],
      ['stuck_ask', 'AC0'],
    ]);
  });

  test('a dry run that its time does not suffice for says that there are more', async () => {
    await stuck('ali_pay', past);
    const { orderAdmin } = world.app;
    const hurried = createOrderAdminServer(world.app, {
      askAbout: (orders) => orderAdmin.askAbout(orders, AbortSignal.abort()),
    });
    hurried.signIn('li', 'operator');
    const { body } = await hurried.post<ChannelSaysList>('/stuck/ask');
    expect(body).toEqual({ rows: [], isCut: true });
    await hurried.http.close();
  });

  test('that are named begin again, and none that is not stuck', async () => {
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

  test('all that a filter means begin again, at most 20 a second', async () => {
    const orders = [];
    for (const ago of [3, 2, 1]) orders.push(await stuck('ali_pay', new Date(past.getTime() - ago)));
    const other = await stuck('wechat_pay', past);
    const { body } = await admin.post<RecloseResult>('/stuck/reclose', { channel: 'ali_pay' });
    expect(body).toMatchObject({ enqueued: 3, ended: 0, orders: [] });
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
