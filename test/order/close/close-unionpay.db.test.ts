import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOrder } from '../../../src/order/create/create-order.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';
import type { Fault } from '../../../src/sandbox/simulator/exchange/faults.ts';
import { createWorld, orderRequest, type World } from '../../support/world.ts';

/** Each row of the decision table for UnionPay, which has no close, against the gateway itself. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.app.serve();
  control().settings.refundSettlesAfterMs = 0;
});
afterAll(() => world.end());

const control = () => world.simulator.control;
const MARGIN_MS = 90_000;

/** Payable for a quarter of an hour at the gateway, whose clock the tests advance. */
const created = () =>
  world.create('union_pay', { expiresAt: new Date(control().clock.now().getTime() + 900_000) });
/** Its time is up on both clocks, including the margin. */
async function timeIsUp(order: PaymentOrder): Promise<PaymentOrder> {
  await control().clock.advance(16 * 60_000);
  return world.expire(order, MARGIN_MS + 1);
}
const over = async () => timeIsUp(await created());
async function payUnnoticed(order: PaymentOrder): Promise<void> {
  control().notifications.drop(order.orderNo, 100);
  await control().pay(order.orderNo);
}
async function paid(): Promise<PaymentOrder> {
  const order = await created();
  await control().pay(order.orderNo);
  await control().notifications.delivered(order.orderNo);
  return world.reload(order);
}
const refundedFen = (order: PaymentOrder) => control().order(order.orderNo)?.refundedFen;
const calls = (order: PaymentOrder, operation: 'cancel' | 'refund') =>
  control().log({ operation, orderNo: order.orderNo }).length;

describe('an unpaid order stays open until its time is over at UnionPay', () => {
  test('closed by hand earlier: pending until then, and retried automatically', async () => {
    const order = await created();
    expect(await world.close(order, 'api')).toMatchObject({ kind: 'pending', reason: 'too_early' });
    expect(await world.reload(order)).toMatchObject({ status: 'progress', ending: 'close' });
    expect(control().order(order.orderNo)?.payable).toBe(true);
    expect(await world.records(order)).toMatchObject([
      {
        outcome: 'too_early',
        answers: [
          { call: 'close', answer: 'not called: no close' },
          { call: 'query', answer: '34 查无此交易[2600000]' },
        ],
      },
    ]);
    await timeIsUp(order);
    expect(await world.fire(order)).toBeNull();
    expect(await world.reload(order)).toMatchObject({ status: 'close', watchUntil: null });
  });

  test.each(['34', '05', '86'] as const)(
    '%s within the margin after its expiry: not closed',
    async (code) => {
      const order = await world.expire(await created(), 1_000);
      control().settings.unionpayUnpaid = code;
      const reason = code === '05' ? 'user_paying' : 'too_early';
      const outcome = await world.close(order);
      expect(outcome).toMatchObject({ kind: 'pending', reason });
      if (outcome.kind === 'pending' && code !== '05') {
        expect(outcome.retryAt.getTime()).toBeLessThanOrEqual(order.expiresAt.getTime() + MARGIN_MS);
      }
      control().settings.unionpayUnpaid = '34';
    },
  );

  test.each(['34', '39', '86'] as const)('%s after that: closed for good at both sides', async (code) => {
    const order = await over();
    control().settings.unionpayExpired = code;
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    expect(await world.reload(order)).toMatchObject({ status: 'close', watchUntil: null });
    expect(control().order(order.orderNo)?.payable).toBe(false);
    control().settings.unionpayExpired = '86';
  });

  test('in doubt (orig 05) is never closed, at any time', async () => {
    const order = await created();
    await control().beginPay(order.orderNo);
    await world.expire(order, 86_400_000);
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'user_paying' });
    expect((await world.reload(order)).status).toBe('progress');
  });

  test('one that was never created there also ends, once it can no longer be created', async () => {
    control().addFault({ kind: 'reset', match: { operation: 'create', times: 1 } });
    const request = {
      ...orderRequest('union_pay', 'never-created'),
      expiresAt: new Date(Date.now() + 900_000),
    };
    expect(await createOrder(world.app.deps, request)).toMatchObject({ kind: 'unreachable' });
    const order = await world.app.deps.store.findByBizOrderNo('never-created');
    if (order === null) throw new Error('no row');
    expect(await world.close(order, 'api')).toMatchObject({ kind: 'pending', reason: 'too_early' });
    await world.expire(order, MARGIN_MS + 1);
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    expect((await world.records(order)).at(-1)).toMatchObject({
      answers: [
        { call: 'query', answer: expect.stringMatching(/^34/) },
        { call: 'close', answer: 'not called: no close' },
      ],
    });
  });
});

describe('a paid order is never closed', () => {
  test.each(['00', 'A6'] as const)('paid at the last moment, unnoticed (orig %s): paid', async (code) => {
    const order = await created();
    await control().beginPay(order.orderNo);
    control().settings.unionpayPaid = code;
    await payUnnoticed(order);
    await timeIsUp(order);
    expect(await world.close(order)).toMatchObject({ kind: 'paid' });
    expect(await world.reload(order)).toMatchObject({
      status: 'success',
      channelTradeNo: control().order(order.orderNo)?.tradeNo,
      nextCloseAt: null,
    });
    control().settings.unionpayPaid = '00';
  });

  test('another amount: waits for a person', async () => {
    const order = await created();
    await payUnnoticed(order);
    await timeIsUp(order);
    await world.edit(order, { amountFen: 101 });
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'mismatch' });
  });

  test('a slow bank (paid after the payTimeout): waited for, then paid', async () => {
    control().settings.unionpayBankLate = true;
    const order = await created();
    await control().beginPay(order.orderNo);
    await timeIsUp(order);
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'user_paying' });
    await control().finishPay(order.orderNo);
    await control().notifications.delivered(order.orderNo);
    expect((await world.reload(order)).status).toBe('success');
    control().settings.unionpayBankLate = false;
  });

  test('paid after the close anyway: a late payment, which is voided', async () => {
    const order = await world.expire(await created(), MARGIN_MS + 1);
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    await control().pay(order.orderNo);
    await control().notifications.delivered(order.orderNo);
    const late = await world.reload(order);
    expect(late.status).toBe('refunding');
    expect(late.latePaidAt).toBeInstanceOf(Date);
    expect((await world.notifications()).find(({ orderNo }) => orderNo === order.orderNo)?.outcome).toBe(
      'late',
    );
  });
});

describe('an outage decides nothing', () => {
  test.each<Fault & { reason?: string }>([
    { kind: 'reset' },
    { kind: 'status', status: 502, format: 'html' },
    { kind: 'unknown_error' },
    { kind: 'error', code: '99' },
    { kind: 'bad_signature' },
    { kind: 'missing_headers' },
    { kind: 'unknown_serial' },
    { kind: 'timestamp_skew' },
    { kind: 'truncated_body' },
    { kind: 'rate_limited', reason: 'rate_limited' },
    { kind: 'error', code: '11', reason: 'misconfigured' },
    { kind: 'error', code: '31', reason: 'misconfigured' },
  ])('%o: open, also when its time is over', async ({ reason = 'unreachable', ...fault }) => {
    const order = await over();
    control().addFault({ ...fault, match: { orderNo: order.orderNo } });
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason });
    expect((await world.reload(order)).status).toBe('progress');
    control().clearFaults();
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'closed' });
  });
});

describe('a cancel', () => {
  test('of an unpaid order waits like a close', async () => {
    const order = await created();
    expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'too_early' });
    await timeIsUp(order);
    expect(await world.fire(order)).toBeNull();
    expect(await world.reload(order)).toMatchObject({ status: 'cancel', watchUntil: null });
    expect(await world.refunds(order)).toEqual([]);
  });

  test('of an unpaid order that is paid meanwhile returns the money', async () => {
    const order = await created();
    await world.cancel(order);
    await control().pay(order.orderNo);
    await control().notifications.delivered(order.orderNo);
    expect(await world.reload(order)).toMatchObject({ status: 'success', ending: 'cancel' });
    await world.fire(order);
    expect((await world.reload(order)).status).toBe('cancel');
    expect(refundedFen(order)).toBe(100);
  });

  test('of an order paid today voids it, once', async () => {
    const order = await paid();
    expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: true });
    expect(await world.reload(order)).toMatchObject({ status: 'cancel', nextCloseAt: null });
    expect(await world.refunds(order)).toMatchObject([{ state: 'done', amountFen: 100 }]);
    expect([refundedFen(order), calls(order, 'cancel'), calls(order, 'refund')]).toEqual([100, 1, 0]);
    expect(await world.cancel(order)).toEqual({ kind: 'ended', status: 'cancel' });
  });

  test('of an order paid on another day refunds it, once', async () => {
    const order = await world.edit(await paid(), { paidAt: new Date(Date.now() - 3 * 86_400_000) });
    expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'refunding' });
    expect(await world.fire(order)).toBeNull();
    expect((await world.reload(order)).status).toBe('cancel');
    expect([refundedFen(order), calls(order, 'cancel'), calls(order, 'refund')]).toEqual([100, 0, 1]);
  });

  test.each([
    ['before the void arrived', { kind: 'reset', match: { operation: 'cancel' } }],
    ['after it took effect', { kind: 'lost_reply', match: { operation: 'cancel' } }],
    ['before it is known what came of it', { kind: 'reset', match: { operation: 'refund_query' } }],
  ] as const)('that loses its answer %s gives back once', async (_, fault) => {
    const order = await paid();
    const added = control().addFault({ ...fault, match: { ...fault.match, orderNo: order.orderNo } });
    expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'unreachable' });
    added.remove();
    await world.fire(order);
    expect((await world.reload(order)).status).toBe('cancel');
    expect([refundedFen(order), calls(order, 'refund')]).toEqual([100, 0]);
    expect(await world.refunds(order)).toMatchObject([{ state: 'done' }]);
  });

  test('whose void fails refunds, once, even if the connection breaks between the two', async () => {
    control().settings.unionpayVoidFails = true;
    const order = await paid();
    const outage = control().addFault({
      kind: 'reset',
      match: { operation: 'refund', orderNo: order.orderNo },
    });
    expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'unreachable' });
    outage.remove();
    await world.fire(order);
    await world.fire(order);
    control().settings.unionpayVoidFails = false;
    expect((await world.reload(order)).status).toBe('cancel');
    expect([refundedFen(order), calls(order, 'refund')]).toEqual([100, 2]);
  });

  test('by ten callers at once returns the money once', async () => {
    const order = await paid();
    await Promise.all(Array.from({ length: 10 }, () => world.cancel(order)));
    expect((await world.reload(order)).status).toBe('cancel');
    expect(refundedFen(order)).toBe(100);
  });
});

test('after our clock has jumped back a closed order that UnionPay shows as unpaid is watched, and is no violation', async () => {
  const order = await over();
  expect(await world.close(order)).toMatchObject({ kind: 'closed' });
  // By our clock its time is not over any more.
  const later = new Date(world.app.deps.clock.now().getTime() + 3_600_000);
  await world.edit(order, { expiresAt: later });
  expect(await world.sync(order)).toMatchObject({ channelStatus: 'pay_progress' });
  expect((await world.reload(order)).watchUntil).not.toBeNull();
  expect(await world.query(`SELECT kind FROM violation WHERE order_id = ${order.id}`)).toEqual([]);
  expect((await world.records(order)).at(-1)).toMatchObject({ closeType: 'sync', outcome: 'not_confirmed' });
});
