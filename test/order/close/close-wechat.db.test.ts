import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../../src/order/order.ts';
import type { ScriptedFault } from '../../../src/sandbox/simulator/exchange/faults.ts';
import { withoutBreakers } from '../../support/breakers.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Each row of the decision table for WeChat Pay, against the gateway itself. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
  withoutBreakers(world.app);
});
afterAll(() => world.end());

const due = async () => world.expire(await world.create('wechat_pay'));
const atGateway = (order: PaymentOrder) => world.simulator.control.order(order.orderNo);
const lastRecord = async (order: PaymentOrder) => (await world.records(order)).at(-1);

/** Pays without telling us: only a query can find out. */
async function payUnnoticed(order: PaymentOrder): Promise<void> {
  world.simulator.control.notifications.drop(order.orderNo, 100);
  await world.simulator.control.pay(order.orderNo);
}
const once = (order: PaymentOrder, operation: 'query' | 'close') =>
  ({ operation, orderNo: order.orderNo, times: 1 }) as const;
const staleQuery = (order: PaymentOrder) =>
  world.simulator.control.addFault({ match: once(order, 'query'), kind: 'stale_read' });

describe('an unpaid order', () => {
  test('close 204, query CLOSED: closed on both sides, with its record', async () => {
    const order = await due();
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    const closed = await world.reload(order);
    expect(closed).toMatchObject({ status: 'close', watchUntil: null, leaseToken: null });
    expect(closed.closedAt).toBeInstanceOf(Date);
    expect(atGateway(order)).toMatchObject({ state: 'CLOSED', payable: false });
    expect(await world.records(order)).toMatchObject([
      {
        closeType: 'close',
        trigger: 'timeout',
        attempt: 1,
        outcome: 'closed',
        answers: [
          { call: 'close', answer: '204' },
          { call: 'query', answer: expect.stringContaining('CLOSED') },
        ],
        statusBefore: 'progress',
        statusAfter: 'close',
      },
    ]);
  });

  test('already closed at the gateway (204 again, query CLOSED): closed', async () => {
    const order = await due();
    await world.close(order);
    await world.edit(order, { status: 'progress', nextCloseAt: new Date(0) });
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
  });

  test('close ORDER_CLOSED, query CLOSED: closed', async () => {
    const order = await due();
    await world.close(order);
    await world.edit(order, { status: 'progress', nextCloseAt: new Date(0) });
    world.simulator.control.addFault({
      match: once(order, 'close'),
      kind: 'error',
      status: 400,
      code: 'ORDER_CLOSED',
    });
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
  });

  test('close 204, query still NOTPAY: retried within seconds, then closed; the third time alerts', async () => {
    const order = await due();
    for (const [round, seconds] of [1, 2, 5].entries()) {
      staleQuery(order);
      const before = Date.now();
      const outcome = await world.close(order, 'manual');
      expect(outcome).toMatchObject({ kind: 'pending', reason: 'not_confirmed' });
      const pending = await world.reload(order);
      expect(pending).toMatchObject({
        status: 'progress',
        retryReason: 'not_confirmed',
        retryCount: round + 1,
      });
      expect(pending.nextCloseAt?.getTime()).toBeGreaterThanOrEqual(before + seconds * 1000 - 50);
    }
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'closed' });
  });

  test('close 204, query ORDER_NOT_EXIST although its creation was confirmed: never closed, needs a person', async () => {
    const order = await due();
    world.simulator.control.forget(order.orderNo);
    const old = new Date(Date.now() - 3_600_000);
    await world.edit(order, { createAttemptedAt: old, expiresAt: old, nextCloseAt: old });
    for (let round = 1; round <= 3; round += 1) {
      expect(await world.close(order, 'manual')).toMatchObject({ kind: 'pending', reason: 'not_confirmed' });
    }
    expect(await world.reload(order)).toMatchObject({ status: 'progress', retryCount: 3 });
  });

  test.each([
    ['ORDERPAID', 400],
    ['FREQUENCY_LIMITED', 429],
  ] as const)('close %s, query ORDER_NOT_EXIST: a contradiction, never closed', async (code, status) => {
    const order = await due();
    await world.edit(order, { expiresAt: new Date(0), createAttemptedAt: new Date(0) });
    const { addFault } = world.simulator.control;
    addFault({ match: once(order, 'close'), kind: 'error', status, code });
    addFault({ match: once(order, 'query'), kind: 'error', status: 404, code: 'ORDER_NOT_EXIST' });
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'not_confirmed' });
  });
});

describe('a paid order is never closed', () => {
  test('paid before the close (ORDERPAID, query SUCCESS): paid, and unchanged at the gateway', async () => {
    const order = await due();
    await payUnnoticed(order);
    expect(await world.close(order)).toMatchObject({ kind: 'paid' });
    const paid = await world.reload(order);
    expect(paid).toMatchObject({ status: 'success', nextCloseAt: null, leaseToken: null, closedAt: null });
    expect(paid.channelTradeNo).toBe(atGateway(order)?.tradeNo);
    expect(paid.paidAt).toBeInstanceOf(Date);
    expect(atGateway(order)?.state).toBe('SUCCESS');
    expect(await lastRecord(order)).toMatchObject({
      outcome: 'paid',
      statusAfter: 'success',
      answers: expect.arrayContaining([{ call: 'close', answer: expect.stringContaining('ORDERPAID') }]),
    });
  });

  test('paid in the instant before the close takes effect: paid', async () => {
    const order = await due();
    world.simulator.control.notifications.drop(order.orderNo, 100);
    const { ran } = world.simulator.control.before('close', order.orderNo, () =>
      world.simulator.control.pay(order.orderNo),
    );
    expect(await world.close(order)).toMatchObject({ kind: 'paid' });
    await ran;
  });

  test('close answers 204 although it was paid: the query decides', async () => {
    const order = await due();
    await payUnnoticed(order);
    const accepted: ScriptedFault = { kind: 'status', status: 204 };
    world.simulator.control.addFault({ match: once(order, 'close'), ...accepted });
    expect(await world.close(order)).toMatchObject({ kind: 'paid' });
  });

  test('ORDERPAID, but the query still says NOTPAY: open, retried, then paid', async () => {
    const order = await due();
    await payUnnoticed(order);
    staleQuery(order);
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'not_confirmed' });
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'paid', order: { status: 'success' } });
  });

  test.each(['TRADE_ERROR', 'ORDER_PAID', 'SOMETHING_NEW'])(
    'refused with %s, query SUCCESS: paid',
    async (code) => {
      const order = await due();
      await payUnnoticed(order);
      world.simulator.control.addFault({ match: once(order, 'close'), kind: 'error', status: 403, code });
      expect(await world.close(order)).toMatchObject({ kind: 'paid' });
    },
  );

  test('another amount: waits for a person, neither paid nor closed', async () => {
    const order = await due();
    await payUnnoticed(order);
    await world.edit(order, { amountFen: 101 });
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'mismatch' });
    expect((await world.reload(order)).status).toBe('progress');
  });

  test.each([1, 100])('refunded elsewhere (%d of 100 fen): for a person, not closed', async (fen) => {
    const order = await due();
    await payUnnoticed(order);
    await world.simulator.control.refund(order.orderNo, fen);
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'mismatch' });
    expect(await world.reload(order)).toMatchObject({ status: 'progress', stuckAt: expect.any(Date) });
  });

  test('another merchant number than the order’s: the channel is not called', async () => {
    const order = await due();
    await payUnnoticed(order);
    await world.edit(order, { channelAccount: '1900000000' });
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'misconfigured' });
    expect(world.simulator.control.log({ operation: 'close', orderNo: order.orderNo })).toEqual([]);
  });
});

describe('a customer who is paying at this moment', () => {
  test.each([
    [429, 'rate_limited'],
    [202, 'user_paying'],
  ] as const)('close %d, query NOTPAY: left alone for at least 5 s, then paid', async (status, reason) => {
    const order = await due();
    world.simulator.control.settings.closeWhilePaying = status;
    await world.simulator.control.beginPay(order.orderNo);
    const before = world.app.deps.clock.now().getTime();
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason });
    expect((await world.reload(order)).nextCloseAt?.getTime()).toBeGreaterThanOrEqual(before + 5_000);

    world.simulator.control.notifications.drop(order.orderNo, 100);
    await world.simulator.control.finishPay(order.orderNo, true);
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'paid' });
  });

  test('the attempt fails: closed the next time', async () => {
    const order = await due();
    await world.simulator.control.beginPay(order.orderNo);
    await world.close(order);
    await world.simulator.control.finishPay(order.orderNo, false);
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'closed' });
  });
});

describe('an outage decides nothing', () => {
  /** These prevent the request's effect; the others only spoil its answer. */
  const broken: [string, Record<string, unknown>][] = [
    ['reset', { kind: 'reset' }],
    ['500', { kind: 'unknown_error' }],
    ['502 with HTML', { kind: 'status', status: 502, format: 'html' }],
  ];
  const failures: [string, Record<string, unknown>][] = [
    ...broken,
    ['bad signature', { kind: 'bad_signature' }],
    ['missing signature', { kind: 'missing_headers' }],
    ['SIGNTEST', { kind: 'signtest' }],
    ['clock skew', { kind: 'timestamp_skew' }],
  ];

  test.each(broken)('close fails before its effect (%s), query NOTPAY: open, retried', async (_, fault) => {
    const order = await due();
    world.simulator.control.addFault({ match: once(order, 'close'), when: 'before', ...fault } as never);
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'unreachable' });
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'closed' });
  });

  test.each(failures)('close fails after its effect (%s), query CLOSED: closed', async (_, fault) => {
    const order = await due();
    world.simulator.control.addFault({ match: once(order, 'close'), when: 'after', ...fault } as never);
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
  });

  test.each(failures)('the query fails (%s): open, although the close was accepted', async (_, fault) => {
    const order = await due();
    world.simulator.control.addFault({ match: once(order, 'query'), ...fault } as never);
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'unreachable' });
    expect((await world.reload(order)).status).toBe('progress');
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'closed' });
  });

  test.each(['SIGN_ERROR', 'NO_AUTH', 'MCH_NOT_EXISTS'])(
    '%s: alerts, and the order stays open',
    async (code) => {
      const order = await due();
      const status = code === 'SIGN_ERROR' ? 401 : code === 'NO_AUTH' ? 403 : 400;
      world.simulator.control.addFault({ match: once(order, 'close'), kind: 'error', status, code });
      expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'misconfigured' });
      const { nextCloseAt, status: state } = await world.reload(order);
      expect(state).toBe('progress');
      expect(nextCloseAt?.getTime()).toBeGreaterThan(Date.now() + 50_000);
    },
  );

  test('with alternating errors still backs off, and alerts once', async () => {
    const order = await due();
    const waits = [];
    for (let round = 1; round <= 7; round += 1) {
      const fault = round % 2 === 0 ? { kind: 'rate_limited' as const } : { kind: 'reset' as const };
      world.simulator.control.addFault({ match: once(order, 'query'), ...fault });
      const before = Date.now();
      expect(await world.close(order, 'manual')).toMatchObject({ kind: 'pending' });
      waits.push(((await world.reload(order)).nextCloseAt?.getTime() ?? 0) - before);
    }
    expect((await world.reload(order)).retryCount).toBe(7);
    expect(waits.at(-1)).toBeGreaterThan(600_000);
  });

  test('429 on the query: backed off, open', async () => {
    const order = await due();
    world.simulator.control.addFault({ match: once(order, 'query'), kind: 'rate_limited' });
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'rate_limited' });
  });
});

test('a close request survives its process: it is in the row, due when the lease expires', async () => {
  const order = await world.create('wechat_pay');
  const hold = world.simulator.control.hold('close', order.orderNo, 'after');
  const dying = world.close(order, 'api');
  await hold.arrived;
  const { ending, nextCloseAt, leaseUntil } = await world.reload(order);
  expect(ending).toBe('close');
  expect(nextCloseAt).toEqual(leaseUntil);
  hold.release();
  await dying;
});
