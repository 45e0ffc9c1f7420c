import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOrder } from '../../src/order/create/create-order.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { decideLatePayment } from '../../src/order/refund/decide-late.ts';
import { requestCancel, requestClose } from '../../src/order/requests/close-cancel-sync.ts';
import { reclose } from '../../src/order/requests/reclose.ts';
import { listStuck } from '../../src/order/requests/stuck.ts';
import { createWorld, orderRequest, somebody, type World } from '../support/world.ts';

const channels = ['wechat_pay', 'ali_pay'] as const;

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.app.serve();
  world.simulator.control.settings.refundSettlesAfterMs = 0;
});
afterAll(() => world.end());

const control = () => world.simulator.control;
async function paid(channel: (typeof channels)[number]): Promise<PaymentOrder> {
  const order = await world.create(channel);
  await control().pay(order.orderNo);
  await control().notifications.delivered(order.orderNo);
  return world.reload(order);
}
/** The merchant's share of an order's money, fen. */
function keptFen(order: PaymentOrder): number {
  const atGateway = control().order(order.orderNo);
  if (atGateway === null || atGateway.paidAt === null) return 0;
  return atGateway.amountFen - atGateway.refundedFen;
}

describe.each(channels)('%s: an unpaid order', (channel) => {
  test('is closed at the channel and cancelled here', async () => {
    const order = await world.create(channel);
    await control().scan(order.orderNo);
    expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: false });
    expect(await world.reload(order)).toMatchObject({
      status: 'cancel',
      watchUntil: null,
      leaseToken: null,
    });
    expect(control().order(order.orderNo)?.payable).toBe(false);
    expect(await world.records(order)).toMatchObject([
      { closeType: 'cancel', outcome: 'cancelled', trigger: 'api' },
    ]);
    expect(await world.refunds(order)).toEqual([]);
  });

  test('that was cancelled earlier is reported as cancelled', async () => {
    const order = await world.edit(await world.create(channel), { status: 'cancel' });
    expect(await world.cancel(order)).toEqual({ kind: 'ended', status: 'cancel' });
  });

  test('that was closed earlier stays closed: its cancel succeeds, with one record', async () => {
    const order = await world.create(channel);
    const closed = await world.edit(order, { status: 'close', closedAt: new Date(), nextCloseAt: null });
    for (let times = 0; times < 2; times += 1)
      expect(await world.cancel(closed)).toMatchObject({ kind: 'cancelled', refunded: false });
    expect(await world.records(order)).toMatchObject([{ closeType: 'cancel', statusAfter: 'close' }]);
  });

  test('whose channel does not answer is cancelled by its timer, before its expiry', async () => {
    const order = await world.create(channel);
    await control().scan(order.orderNo);
    const outage = control().addFault({ kind: 'reset', match: { orderNo: order.orderNo } });
    expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'unreachable' });
    expect(await world.reload(order)).toMatchObject({ status: 'progress', ending: 'cancel' });
    outage.remove();
    expect(await world.fire(order)).toBeNull();
    expect((await world.reload(order)).status).toBe('cancel');
  });

  test('paid in the instant before the close takes effect: the money goes back', async () => {
    const order = await world.create(channel);
    control().notifications.drop(order.orderNo, 100);
    control().before('close', order.orderNo, () => control().pay(order.orderNo));
    expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: true });
    expect(keptFen(order)).toBe(0);
    expect(await world.reload(order)).toMatchObject({ status: 'cancel', nextCloseAt: null });
  });

  test('paid while its cancel waits for the channel: recorded, and the money goes back', async () => {
    const order = await world.create(channel);
    const outage = control().addFault({ kind: 'reset', match: { orderNo: order.orderNo } });
    await world.cancel(order);
    outage.remove();
    await control().pay(order.orderNo);
    await control().notifications.delivered(order.orderNo);
    expect(await world.reload(order)).toMatchObject({ status: 'success', ending: 'cancel' });
    await world.fire(order);
    expect((await world.reload(order)).status).toBe('cancel');
    expect(keptFen(order)).toBe(0);
  });
});

describe('an Alipay code that nobody has scanned', () => {
  test('is cancelled softly, and watched', async () => {
    const order = await world.create('ali_pay');
    expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: false });
    const cancelled = await world.reload(order);
    expect(cancelled.watchUntil).toBeInstanceOf(Date);
    await control().scan(order.orderNo);
    expect(await world.fire(order)).toBeNull();
    expect(control().order(order.orderNo)?.payable).toBe(false);
    expect((await world.reload(order)).status).toBe('cancel');
  });
});

describe.each(channels)('%s: a paid order', (channel) => {
  test('is refunded once, and cancelled', async () => {
    const order = await paid(channel);
    const outcome = await world.cancel(order);
    if (outcome.kind === 'pending') await world.fire(order);
    expect(await world.reload(order)).toMatchObject({ status: 'cancel', nextCloseAt: null });
    expect(keptFen(order)).toBe(0);
    expect(await world.refunds(order)).toMatchObject([{ state: 'done', amountFen: 100 }]);
    expect(await world.cancel(order)).toEqual({ kind: 'ended', status: 'cancel' });
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  });

  test('whose refund is not confirmed yet stays paid and is queried until it is', async () => {
    const order = await paid(channel);
    control().settings.refundSettlesAfterMs = 60_000;
    control().addFault({
      kind: 'error',
      status: 400,
      code: 'ACQ.TRADE_CANCEL_TIME_OUT',
      match: { operation: 'cancel', orderNo: order.orderNo },
    });
    control().settings.alipayFundChange = 'N';
    expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'refunding' });
    expect((await world.reload(order)).status).toBe('success');
    await control().clock.advance(61_000);
    await world.fire(order);
    expect((await world.reload(order)).status).toBe('cancel');
    expect(keptFen(order)).toBe(0);
    control().settings.alipayFundChange = 'Y';
    control().settings.refundSettlesAfterMs = 0;
  });

  test('whose channel’s answer is lost after the refund: still refunded once', async () => {
    const order = await paid(channel);
    const lost = control().addFault({ kind: 'lost_reply', match: { orderNo: order.orderNo } });
    expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'unreachable' });
    lost.remove();
    for (let round = 0; round < 3 && (await world.reload(order)).status === 'success'; round += 1) {
      await world.fire(order);
    }
    expect((await world.reload(order)).status).toBe('cancel');
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  });

  test('whose account has too little money stays paid, alerts, and is retried', async () => {
    const order = await paid(channel);
    control().settings.balanceNotEnough = true;
    expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'not_enough' });
    expect(await world.reload(order)).toMatchObject({ status: 'success', ending: 'cancel' });
    control().settings.balanceNotEnough = false;
    await world.fire(order);
    if ((await world.reload(order)).status === 'success') await world.fire(order);
    expect((await world.reload(order)).status).toBe('cancel');
  });

  test('cancelled by ten callers at once is refunded once', async () => {
    const order = await paid(channel);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => world.cancel(order)));
    expect(outcomes.filter(({ kind }) => kind === 'cancelled' || kind === 'pending')).toHaveLength(1);
    if ((await world.reload(order)).status === 'success') await world.fire(order);
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  });
});

test('a cancel request survives its process: the lease expires and the timer continues it', async () => {
  const order = await paid('ali_pay');
  const hold = control().hold('cancel', order.orderNo, 'after');
  const dying = world.cancel(order);
  await hold.arrived;
  expect(await world.reload(order)).toMatchObject({ status: 'success', ending: 'cancel' });
  const { nextCloseAt, leaseUntil } = await world.reload(order);
  expect(nextCloseAt).toBeInstanceOf(Date);
  expect(nextCloseAt?.getTime()).toBeLessThanOrEqual(leaseUntil?.getTime() ?? 0);
  hold.release();
  await dying;
});

describe('a cancelled order that is paid afterwards', () => {
  test.each(['by notification', 'found by the watch'] as const)('%s: the money goes back', async (how) => {
    const order = await world.create('ali_pay');
    expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: false });
    if (how === 'found by the watch') control().notifications.drop(order.orderNo, 100);
    await control().pay(order.orderNo);
    if (how === 'by notification') await control().notifications.delivered(order.orderNo);
    else await world.fire(order);
    expect(await world.reload(order)).toMatchObject({ status: 'refunding', latePaidAt: expect.any(Date) });

    expect(await world.fire(order)).toBeNull();
    expect(keptFen(order)).toBe(0);
    expect(await world.refunds(order)).toMatchObject([{ state: 'done' }]);
    expect((await world.reload(order)).status).toBe('refunded');
  });

  test('after a soft close that became a cancel: the money goes back', async () => {
    const order = await world.create('ali_pay');
    expect(await world.close(order, 'api')).toMatchObject({ kind: 'closed' });
    expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: false });
    expect((await world.records(order)).at(-1)).toMatchObject({
      closeType: 'cancel',
      outcome: 'cancelled',
      statusBefore: 'close',
      statusAfter: 'close',
    });
    await control().pay(order.orderNo);
    await control().notifications.delivered(order.orderNo);
    await world.fire(order);
    expect(keptFen(order)).toBe(0);
    expect(await world.refunds(order)).toMatchObject([{ state: 'done' }]);
  });

  test('whose soft close is being watched during the cancel: the money goes back', async () => {
    const order = await world.create('ali_pay');
    await world.close(order, 'api');
    const hold = control().hold('query', order.orderNo, 'before');
    const watching = world.fire(order);
    await hold.arrived;
    const numbers = { orderNo: order.orderNo, bizOrderNo: null };
    const trigger = { kind: 'api', actor: null, clientIp: null } as const;
    expect(await requestCancel(world.app.deps, numbers, trigger)).toMatchObject({ kind: 'cancelled' });
    hold.release();
    await watching;
    expect(await world.reload(order)).toMatchObject({ status: 'close', ending: 'cancel' });
    await control().pay(order.orderNo);
    await control().notifications.delivered(order.orderNo);
    await world.edit(order, { leaseUntil: null });
    await world.fire(order);
    expect(keptFen(order)).toBe(0);
  });

  test('whose money was returned has no late payment when it is synced or notified again', async () => {
    for (const channel of channels) {
      const order = await paid(channel);
      await world.cancel(order);
      if ((await world.reload(order)).status === 'success') await world.fire(order);
      await world.sync(order);
      await control().notifications.resend(order.orderNo);
      expect(await world.reload(order)).toMatchObject({
        status: 'cancel',
        latePaidAt: null,
        nextCloseAt: null,
      });
    }
  });
});

describe('a cancel that meets another operation', () => {
  test.each(channels)('%s: is still in the row, and continues automatically', async (channel) => {
    const order = await paid(channel);
    const hold = control().hold('query', order.orderNo, 'before');
    const syncing = world.sync(order);
    await hold.arrived;
    const numbers = { orderNo: order.orderNo, bizOrderNo: null };
    const trigger = { kind: 'api', actor: null, clientIp: null } as const;
    expect(await requestCancel(world.app.deps, numbers, trigger)).toMatchObject({ kind: 'busy' });
    hold.release();
    await syncing;
    expect(await world.reload(order)).toMatchObject({ status: 'success', ending: 'cancel' });
    expect((await world.reload(order)).nextCloseAt).toBeInstanceOf(Date);
    await world.fire(order);
    if ((await world.reload(order)).status === 'success') await world.fire(order);
    expect((await world.reload(order)).status).toBe('cancel');
    expect(keptFen(order)).toBe(0);
  });

  test('a close that meets one is also recorded in the row', async () => {
    const order = await world.create('wechat_pay');
    const hold = control().hold('query', order.orderNo, 'before');
    const syncing = world.sync(order);
    await hold.arrived;
    const numbers = { orderNo: order.orderNo, bizOrderNo: null };
    const trigger = { kind: 'api', actor: null, clientIp: null } as const;
    expect(await requestClose(world.app.deps, numbers, trigger)).toMatchObject({ kind: 'busy' });
    hold.release();
    await syncing;
    expect(await world.fire(order)).toBeNull();
    expect((await world.reload(order)).status).toBe('close');
  });

  test('a running close ends as the cancel that was requested meanwhile', async () => {
    const order = await world.create('wechat_pay');
    const hold = control().hold('close', order.orderNo, 'before');
    const closing = world.close(order, 'api');
    await hold.arrived;
    const numbers = { orderNo: order.orderNo, bizOrderNo: null };
    await requestCancel(world.app.deps, numbers, { kind: 'api', actor: null, clientIp: null });
    hold.release();
    await closing;
    expect((await world.reload(order)).status).toBe('cancel');
    expect((await world.records(order)).at(-1)).toMatchObject({ statusAfter: 'cancel' });
  });
});

test('a refund that was already made is not reported as refused', async () => {
  const order = await paid('ali_pay');
  const match = { orderNo: order.orderNo };
  const lost = control().addFault({ kind: 'lost_reply', match: { ...match, operation: 'cancel' } });
  await world.cancel(order);
  lost.remove();
  expect(keptFen(order)).toBe(0);
  const blind = control().addFault({ kind: 'reset', match: { ...match, operation: 'query' } });
  await world.fire(order);
  expect((await world.reload(order)).status).toBe('success');
  blind.remove();
  await world.fire(order);
  expect((await world.reload(order)).status).toBe('cancel');
  expect(await world.refunds(order)).toMatchObject([{ state: 'done' }]);
});

test('creating an order again while it is being cancelled returns no code', async () => {
  const request = orderRequest('wechat_pay', 'ending-1');
  await createOrder(world.app.deps, request);
  const order = await world.app.deps.store.findByBizOrderNo('ending-1');
  if (order === null) throw new Error('no order');
  const outage = control().addFault({ kind: 'reset', match: { orderNo: order.orderNo } });
  await world.cancel(order);
  expect(await createOrder(world.app.deps, request)).toMatchObject({ kind: 'ending' });
  outage.remove();
});

test.each(channels)('%s: an order paid too long ago for a refund is not cancelled', async (channel) => {
  const order = await paid(channel);
  const yearsAgo = new Date(Date.now() - 366 * 86_400_000);
  await world.edit(order, { paidAt: yearsAgo });
  expect(await world.cancel(order)).toEqual({ kind: 'unsupported' });
  expect(await world.reload(order)).toMatchObject({
    status: 'success',
    ending: 'expiry',
    nextCloseAt: null,
  });
});

test('a cancel that has begun continues past the channel’s refund window', async () => {
  const order = await paid('ali_pay');
  const yearsAgo = new Date(Date.now() - 366 * 86_400_000);
  await world.edit(order, { paidAt: yearsAgo, ending: 'cancel', nextCloseAt: new Date(0) });
  await world.fire(order);
  expect((await world.reload(order)).status).toBe('cancel');
  expect(keptFen(order)).toBe(0);
});

test('a refused refund is listed as stuck, and can be retried or marked as handled', async () => {
  const refusals = (order: PaymentOrder) =>
    (
      [
        ['cancel', 'ACQ.TRADE_CANCEL_TIME_OUT'],
        ['refund', 'ACQ.TRADE_HAS_FINISHED'],
      ] as const
    ).map(([operation, code]) =>
      control().addFault({ kind: 'error', status: 400, code, match: { operation, orderNo: order.orderNo } }),
    );
  const [again, done] = [await paid('ali_pay'), await paid('ali_pay')];
  for (const order of [again, done]) {
    const faults = refusals(order);
    expect(await world.cancel(order)).toMatchObject({ kind: 'refused' });
    for (const fault of faults) fault.remove();
    expect(await world.reload(order)).toMatchObject({ status: 'success', nextCloseAt: null });
  }
  const stuck = async () =>
    (await listStuck(world.app.deps, {}, { limit: 100, after: null })).map(({ order }) => order.orderNo);
  expect(await stuck()).toEqual(expect.arrayContaining([again.orderNo, done.orderNo]));

  expect(await reclose(world.app.deps, again.orderNo, somebody)).toMatchObject({ kind: 'enqueued' });
  await world.fire(again);
  expect((await world.reload(again)).status).toBe('cancel');
  expect(keptFen(again)).toBe(0);

  const by = { kind: 'manual', actor: 'li', clientIp: null } as const;
  const numbers = { orderNo: done.orderNo, bizOrderNo: null };
  expect(await decideLatePayment(world.app.deps, numbers, 'handled', by)).toEqual({
    kind: 'decided',
    status: 'cancel',
  });
  expect(await stuck()).toEqual([]);
  expect(await world.cancel(done)).toEqual({ kind: 'ended', status: 'cancel' });
  expect(keptFen(done)).toBe(100);
});
