import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ActionResult, type LateList, orderActions } from '../../../src/http/admin/api.ts';
import type { OrderRoutesDeps } from '../../../src/http/admin/orders/order-routes.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { createLogger } from '../../../src/platform/log/logger.ts';
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

const act = ({ orderNo }: PaymentOrder, action: string, body?: unknown) =>
  admin.post<ActionResult>(`/orders/${orderNo}/${action}`, body);

const past = new Date(Date.now() - 60_000);

describe('an action is performed, recorded with user and address, and audited', () => {
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

  test('a pending close returns the reason and the time of its retry', async () => {
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

  test('late: an undecided payment is listed, decided once, and then no longer listed', async () => {
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

describe('the audit trail has every action, whatever fails', () => {
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

  test('nothing is done unaudited', async () => {
    const order = await world.create('ali_pay');
    const server = failing(() => true);
    expect(await server.post(`/orders/${order.orderNo}/close`)).toMatchObject({ status: 500 });
    expect(await server.post('/stuck/reclose')).toMatchObject({ status: 500 });
    expect(await world.reload(order)).toEqual(order);
    await server.http.close();
  });

  test('a completed action is answered, and logged if it cannot be audited', async () => {
    const order = await world.create('ali_pay');
    const server = failing((outcome) => outcome !== 'begun');
    const { status, body } = await server.post<ActionResult>(`/orders/${order.orderNo}/close`);
    expect([status, body.outcome]).toEqual([200, 'closed']);
    expect(server.lines).toMatchObject([
      { entry: { actor: 'li', action: 'close', subject: order.orderNo, outcome: 'closed' } },
    ]);
    await server.http.close();
  });

  test('a failed action is audited, and the orders re-closed before a bulk action failed', async () => {
    const { orderNo } = await world.create('ali_pay');
    const begun = await world.create('ali_pay');
    const server = failing(() => false, {
      closeOrder: () => Promise.reject(new Error('the database is away')),
      reclosePart(_filter, _trigger, _from, onRestarted) {
        onRestarted(Object.assign(begun, { stuckAt: past }));
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
