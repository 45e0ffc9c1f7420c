import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../src/order/order.ts';
import { createWorld, type World } from '../support/world.ts';

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
/** What the merchant has of an order's money, fen. */
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
      nextCloseAt: null,
      leaseToken: null,
    });
    expect(control().order(order.orderNo)?.payable).toBe(false);
    expect(await world.records(order)).toMatchObject([
      { closeType: 'cancel', outcome: 'cancelled', trigger: 'api' },
    ]);
    expect(await world.refunds(order)).toEqual([]);
  });

  test('that ended before is told so', async () => {
    for (const status of ['close', 'cancel'] as const) {
      const order = await world.edit(await world.create(channel), { status });
      expect(await world.cancel(order)).toEqual({ kind: 'ended', status });
    }
  });

  test('that the channel cannot answer for is cancelled by its timer, before its expiry', async () => {
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
  test('gives the money back, once, and is cancelled', async () => {
    const order = await paid(channel);
    const outcome = await world.cancel(order);
    if (outcome.kind === 'pending') await world.fire(order);
    expect(await world.reload(order)).toMatchObject({ status: 'cancel', nextCloseAt: null });
    expect(keptFen(order)).toBe(0);
    expect(await world.refunds(order)).toMatchObject([{ state: 'done', amountFen: 100 }]);
    expect(await world.cancel(order)).toEqual({ kind: 'ended', status: 'cancel' });
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  });

  test('whose refund is not confirmed yet stays paid and is asked about until it is', async () => {
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

  test('whose channel loses the answer after the money went back: once, all the same', async () => {
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

  test('whose account has too little money stays paid, a person is told, and it goes on', async () => {
    const order = await paid(channel);
    control().settings.balanceNotEnough = true;
    expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'not_enough' });
    expect(await world.reload(order)).toMatchObject({ status: 'success', ending: 'cancel' });
    control().settings.balanceNotEnough = false;
    await world.fire(order);
    if ((await world.reload(order)).status === 'success') await world.fire(order);
    expect((await world.reload(order)).status).toBe('cancel');
  });

  test('cancelled by ten at once gives back once', async () => {
    const order = await paid(channel);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => world.cancel(order)));
    expect(outcomes.filter(({ kind }) => kind === 'cancelled' || kind === 'pending')).toHaveLength(1);
    if ((await world.reload(order)).status === 'success') await world.fire(order);
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  });
});

test('the wish to cancel survives its process: the lease runs out and the timer goes on', async () => {
  const order = await paid('ali_pay');
  const hold = control().hold('cancel', order.orderNo, 'after');
  const dying = world.cancel(order);
  await hold.arrived;
  expect(await world.reload(order)).toMatchObject({ status: 'success', ending: 'cancel' });
  const { nextCloseAt, leaseUntil } = await world.reload(order);
  expect(nextCloseAt).toEqual(leaseUntil);
  hold.release();
  await dying;
});
