import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { withoutBreakers } from '../../support/breakers.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Each row of the decision table for Alipay, against the gateway itself. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
  withoutBreakers(world.app);
});
afterAll(() => world.end());

const due = async () => world.expire(await world.create('ali_pay'));
const control = () => world.simulator.control;
const scanned = async () => {
  const order = await due();
  await control().scan(order.orderNo);
  return order;
};
async function payUnnoticed(order: PaymentOrder): Promise<void> {
  control().notifications.drop(order.orderNo, 100);
  await control().pay(order.orderNo);
}
const once = (order: PaymentOrder, operation: 'query' | 'close') =>
  ({ operation, orderNo: order.orderNo, times: 1 }) as const;
const fire = (order: PaymentOrder) => world.fire(order);

describe('a scanned, unpaid order', () => {
  test('WAIT_BUYER_PAY, close 10000, query TRADE_CLOSED: closed for good on both sides', async () => {
    const order = await scanned();
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    expect(await world.reload(order)).toMatchObject({ status: 'close', watchUntil: null });
    expect(control().order(order.orderNo)).toMatchObject({ state: 'TRADE_CLOSED', payable: false });
  });

  test('close 10000, query still WAIT_BUYER_PAY: retried, then closed', async () => {
    const order = await scanned();
    control().addFault({ match: once(order, 'query'), kind: 'stale_read' });
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'not_confirmed' });
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'closed' });
  });

  test('closed earlier at the gateway (TRADE_STATUS_ERROR, query TRADE_CLOSED): closed', async () => {
    const order = await scanned();
    await world.close(order);
    await world.edit(order, { status: 'progress', nextCloseAt: new Date(0) });
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
  });

  test('close answers TRADE_NOT_EXIST for an existing trade: a contradiction, retried', async () => {
    const order = await scanned();
    control().addFault({
      match: once(order, 'close'),
      kind: 'error',
      status: 400,
      code: 'ACQ.TRADE_NOT_EXIST',
    });
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'not_confirmed' });
  });
});

describe('a paid order is never closed', () => {
  test.each([
    'ACQ.TRADE_STATUS_ERROR',
    'ACQ.REASON_TRADE_STATUS_INVALID',
    'ACQ.REASON_ILLEGAL_STATUS',
  ] as const)('paid before the close (%s, query TRADE_SUCCESS): paid', async (alipayCloseRefusal) => {
    control().settings.alipayCloseRefusal = alipayCloseRefusal;
    const order = await due();
    await payUnnoticed(order);
    expect(await world.close(order)).toMatchObject({ kind: 'paid' });
    expect(await world.reload(order)).toMatchObject({ status: 'success', nextCloseAt: null });
  });

  test('TRADE_FINISHED: paid', async () => {
    const order = await due();
    await payUnnoticed(order);
    await control().finish(order.orderNo);
    expect(await world.close(order)).toMatchObject({ kind: 'paid' });
  });

  test('TRADE_CLOSED after a payment that was refunded: refunded, not closed', async () => {
    const order = await due();
    await payUnnoticed(order);
    await control().refund(order.orderNo);
    expect(control().order(order.orderNo)?.state).toBe('TRADE_CLOSED');
    expect(await world.close(order)).toEqual({ kind: 'ended', status: 'refunded' });
  });

  test('another amount: waits for a person, neither paid nor closed', async () => {
    const order = await due();
    await payUnnoticed(order);
    await world.edit(order, { amountFen: 101 });
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'mismatch' });
    expect((await world.reload(order)).status).toBe('progress');
  });

  test('scanned and paid in the instant before the close takes effect: paid', async () => {
    const order = await due();
    control().notifications.drop(order.orderNo, 100);
    control().before('close', order.orderNo, () => control().pay(order.orderNo));
    expect(await world.close(order)).toMatchObject({ kind: 'paid' });
  });
});

describe('a code that nobody has scanned', () => {
  test('closes softly while it may still be scanned, and is watched until it cannot', async () => {
    const order = await due();
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    const closed = await world.reload(order);
    expect(closed.status).toBe('close');
    expect(closed.watchUntil?.getTime()).toBe(order.expiresAt.getTime() + 60_000);
    expect(closed.nextCloseAt?.getTime()).toBeLessThanOrEqual(Date.now() + 31_000);

    expect(await fire(order)).toBeInstanceOf(Date);
    const long = new Date(Date.now() - 3_600_000);
    await world.edit(order, { expiresAt: long });
    expect(await fire(order)).toBeNull();
    expect(await world.reload(order)).toMatchObject({ status: 'close', watchUntil: null });
  });

  test('after its deadline and margin it closes for good at once', async () => {
    const order = await world.expire(await world.create('ali_pay'), 3_600_000);
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    expect(await world.reload(order)).toMatchObject({ status: 'close', watchUntil: null });
  });

  test('scanned between close and query (query WAIT_BUYER_PAY): stays open and is closed the next time', async () => {
    const order = await due();
    control().before('query', order.orderNo, () => control().scan(order.orderNo));
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'not_confirmed' });
    expect(await world.close(order, 'manual')).toMatchObject({ kind: 'closed' });
    expect(control().order(order.orderNo)?.payable).toBe(false);
  });

  test('scanned in the instant before the close takes effect: closed for good', async () => {
    const order = await due();
    control().before('close', order.orderNo, () => control().scan(order.orderNo));
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    expect(await world.reload(order)).toMatchObject({ status: 'close', watchUntil: null });
  });

  test('scanned after the soft close: the watch closes it at the gateway', async () => {
    const order = await due();
    await world.close(order);
    await control().scan(order.orderNo);
    expect(control().order(order.orderNo)?.payable).toBe(true);
    expect(await fire(order)).toBeNull();
    expect(control().order(order.orderNo)?.payable).toBe(false);
    expect(await world.reload(order)).toMatchObject({ status: 'close', watchUntil: null });
  });

  test('paid after the soft close: the watch finds the late payment, which goes back', async () => {
    const order = await due();
    await world.close(order);
    await payUnnoticed(order);
    expect(await fire(order)).toBeInstanceOf(Date);
    const late = await world.reload(order);
    expect(late.status).toBe('refunding');
    expect(late.latePaidAt).toBeInstanceOf(Date);
    expect((await world.records(order)).at(-1)).toMatchObject({ closeType: 'watch', outcome: 'late' });
  });

  test('an outage during the watch ends nothing: the watch continues, even past its end', async () => {
    const order = await due();
    await world.close(order);
    await world.edit(order, { expiresAt: new Date(Date.now() - 3_600_000) });
    control().addFault({ match: { orderNo: order.orderNo }, kind: 'reset' });
    expect(await fire(order)).toBeInstanceOf(Date);
    control().clearFaults();
    expect((await world.reload(order)).nextCloseAt).toBeInstanceOf(Date);
    expect(await fire(order)).toBeNull();
  });
});

describe('an outage decides nothing', () => {
  /** These prevent the request's effect; the others only spoil its answer. */
  const broken: [string, Record<string, unknown>][] = [
    ['reset', { kind: 'reset' }],
    ['SYSTEM_ERROR', { kind: 'unknown_error' }],
    ['502 with HTML', { kind: 'status', status: 502, format: 'html' }],
  ];
  const failures: [string, Record<string, unknown>][] = [
    ...broken,
    ['bad signature', { kind: 'bad_signature' }],
    ['missing signature', { kind: 'missing_headers' }],
  ];

  test.each(broken)(
    'close fails before its effect (%s), query WAIT_BUYER_PAY: open, retried',
    async (_, fault) => {
      const order = await scanned();
      control().addFault({ match: once(order, 'close'), when: 'before', ...fault } as never);
      expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'unreachable' });
      control().clearFaults();
      expect(await world.close(order, 'manual')).toMatchObject({ kind: 'closed' });
    },
  );

  test.each(failures)('close fails after its effect (%s), query TRADE_CLOSED: closed', async (_, fault) => {
    const order = await scanned();
    control().addFault({ match: once(order, 'close'), when: 'after', ...fault } as never);
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
  });

  test.each(failures)('the query fails (%s): open, although the close was accepted', async (_, fault) => {
    const order = await scanned();
    control().addFault({ match: once(order, 'query'), ...fault } as never);
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'unreachable' });
    expect((await world.reload(order)).status).toBe('progress');
  });

  test.each(['isv.invalid-signature', 'isv.invalid-app-id'])(
    '%s: alerts, and it stays open',
    async (code) => {
      const order = await scanned();
      control().addFault({ match: once(order, 'close'), kind: 'error', status: 400, code });
      expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'misconfigured' });
    },
  );

  test('call limit: backed off, open', async () => {
    const order = await scanned();
    control().addFault({ match: { orderNo: order.orderNo, times: 2 }, kind: 'rate_limited' });
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'rate_limited' });
  });
});
