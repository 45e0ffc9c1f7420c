import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fromBeijing, toBeijingDigits } from '../../../src/channel/adapter/beijing-time.ts';
import type { Channel, ChannelOrder, ChannelRefund } from '../../../src/channel/channel.ts';
import type { Simulator } from '../../../src/sandbox/simulator/simulator.ts';
import { startTestSimulator } from '../../support/simulator.ts';
import { outages, unverified } from '../faults.ts';
import { adapters, anOrder, anybody, aRefund } from '../support.ts';

/** Void (消费撤销) and refund (退货): the money is returned once, whatever is lost in transit. */

let simulator: Simulator;
let channel: Channel;
beforeAll(async () => {
  simulator = await startTestSimulator();
  channel = adapters.union_pay(simulator);
});
afterEach(() => {
  expect(simulator.control.log().filter(({ verified }) => verified !== 'ok')).toEqual([]);
  simulator.control.reset();
});
afterAll(() => simulator.close());

const control = () => simulator.control;
const at = (time: Date, overrides = {}) => adapters.union_pay(simulator, overrides, { now: () => time });
const keptFen = ({ orderNo }: ChannelOrder) => {
  const order = control().order(orderNo);
  return order === null ? 0 : order.amountFen - order.refundedFen;
};

/** Paid now by the gateway's clock, which equals ours. */
async function paid(): Promise<ChannelOrder> {
  const order = anOrder({ expiresAt: new Date(control().clock.now().getTime() + 900_000) });
  await channel.create(order, anybody);
  await control().pay(order.orderNo);
  const result = await channel.query(order);
  if (result.kind !== 'paid') throw new Error(result.kind);
  const { channelTradeNo, paidAt } = result.payment;
  return { ...order, channelTradeNo, paidAt };
}
/** An order whose payment's clearing day ended `ms` ago. */
const paidOn = async (ended: Date, agoMs: number) => ({
  order: { ...(await paid()), paidAt: new Date(ended.getTime() - 3_600_000) },
  later: at(new Date(ended.getTime() + agoMs)),
});
const kindOf = async (result: Promise<{ kind: string }> | null) => (await result)?.kind ?? null;
const settled = () => control().clock.advance(control().settings.refundSettlesAfterMs);
const calls = (operation: 'cancel' | 'refund') => control().log({ operation }).length;

describe('on the payment’s own clearing day', () => {
  test('a void returns the full amount at once, under its own number', async () => {
    const order = await paid();
    const refund = aRefund(order);
    expect(await channel.cancel(order, refund)).toMatchObject({
      kind: 'refunded',
      answer: expect.stringMatching(/^00 .*; 00 orig 00/),
    });
    expect(keptFen(order)).toBe(0);
    expect(await channel.queryRefund(order, refund)).toMatchObject({ kind: 'refunded' });
    expect(calls('refund')).toBe(0);
  });
  test('repeated, it is the same void', async () => {
    const order = await paid();
    const refund = aRefund(order);
    for (let time = 0; time < 3; time += 1) {
      expect(await kindOf(channel.cancel(order, refund))).toBe('refunded');
    }
    expect(control().order(order.orderNo)?.refundedFen).toBe(1234);
  });
  test('a payment whose number was lost is found by the order’s number and time', async () => {
    const order = { ...(await paid()), channelTradeNo: null };
    expect(await kindOf(channel.cancel(order, aRefund(order)))).toBe('refunded');
  });
  test('a partial amount or an unpaid order cannot be voided: no request is sent', async () => {
    const order = await paid();
    expect(await kindOf(channel.cancel(order, aRefund(order, { amountFen: 34 })))).toBe('not_cancellable');
    expect(await kindOf(channel.cancel({ ...order, paidAt: null }, aRefund(order)))).toBe('not_cancellable');
  });
  test('partially refunded elsewhere: only a refund is possible', async () => {
    const order = await paid();
    await control().refund(order.orderNo, 34);
    expect(await kindOf(channel.cancel(order, aRefund(order)))).toBe('refund_instead');
  });
  test('accepted, but failed: only a refund is possible, also when repeated', async () => {
    control().settings.unionpayVoidFails = true;
    const order = await paid();
    const refund = aRefund(order);
    expect(await kindOf(channel.cancel(order, refund))).toBe('refund_instead');
    expect(await kindOf(channel.queryRefund(order, refund))).toBe('not_found');
    expect(await kindOf(channel.cancel(order, refund))).toBe('refund_instead');
    expect(keptFen(order)).toBe(1234);
  });
  test('insufficient balance on the merchant’s account', async () => {
    control().settings.balanceNotEnough = true;
    const order = await paid();
    expect(await kindOf(channel.cancel(order, aRefund(order)))).toBe('not_enough');
  });
  test.each(Object.entries(outages))('%s: unknown, and the money is returned once', async (_, fault) => {
    const order = await paid();
    const refund = aRefund(order);
    control().addFault({ ...fault, match: { operation: 'cancel' } });
    expect(await kindOf(channel.cancel(order, refund))).toBe('unknown');
    control().clearFaults();
    if ((await channel.queryRefund(order, refund)).kind === 'not_found') await channel.cancel(order, refund);
    expect(await kindOf(channel.queryRefund(order, refund))).toBe('refunded');
    expect(control().order(order.orderNo)?.refundedFen).toBe(1234);
  });
  test.each(unverified.union_pay)('an unverified success (%o): unknown', async (fault) => {
    const order = await paid();
    control().addFault({ ...fault, match: { operation: 'cancel' } });
    expect(await kindOf(channel.cancel(order, aRefund(order)))).toBe('unknown');
  });
  test('accepted, but the query is inconclusive: unknown', async () => {
    const order = await paid();
    control().addFault({ kind: 'hang', match: { operation: 'refund_query' } });
    const impatient = adapters.union_pay(simulator, { callTimeoutMs: 300 });
    expect(await kindOf(impatient.cancel(order, aRefund(order)))).toBe('unknown');
  });
});

describe('after the payment’s clearing day', () => {
  const ended = fromBeijing('2026-03-01 23:00:00') ?? new Date(Number.NaN);
  const noted = (order: ChannelOrder, time: Date) => aRefund(order, { notedAt: time });

  test('there is no void, and a refund can follow at once', async () => {
    const { order, later } = await paidOn(ended, 1);
    expect(await kindOf(later.cancel(order, noted(order, ended)))).toBe('not_cancellable');
  });
  test('a void that may be in flight is awaited until a query would find it', async () => {
    const { order, later } = await paidOn(ended, 119_999);
    const refund = noted(order, new Date(ended.getTime() - 1));
    expect(await kindOf(later.cancel(order, refund))).toBe('again');
    expect(calls('cancel') + calls('refund')).toBe(0);
    expect(await kindOf(at(new Date(ended.getTime() + 120_000)).cancel(order, refund))).toBe(
      'not_cancellable',
    );
  });
  test('the last moment of the day belongs to the day', async () => {
    const { order } = await paidOn(ended, 0);
    const last = new Date(ended.getTime() - 1);
    expect(await kindOf(at(last).cancel(order, noted(order, last)))).not.toBe('not_cancellable');
    expect(await kindOf(at(ended).cancel(order, noted(order, ended)))).toBe('not_cancellable');
  });
});

describe('a refund', () => {
  const late = (order: ChannelOrder): ChannelOrder => ({ ...order, paidAt: new Date(0) });
  async function paidLongAgo() {
    const order = late(await paid());
    return { order, refund: aRefund(order) };
  }

  test('is accepted first; then a query confirms that the money was returned', async () => {
    const { order, refund } = await paidLongAgo();
    expect(await kindOf(channel.cancel(order, refund))).toBe('not_cancellable');
    expect(await kindOf(channel.refund(order, refund))).toBe('processing');
    expect(await kindOf(channel.queryRefund(order, refund))).toBe('processing');
    await settled();
    expect(await kindOf(channel.queryRefund(order, refund))).toBe('refunded');
    expect(keptFen(order)).toBe(0);
  });
  test('repeated, refunds once', async () => {
    const { order, refund } = await paidLongAgo();
    for (let time = 0; time < 3; time += 1) await channel.refund(order, refund);
    expect(control().order(order.orderNo)?.refundedFen).toBe(1234);
  });
  test('of a partial amount', async () => {
    const { order } = await paidLongAgo();
    await channel.refund(order, aRefund(order, { amountFen: 34 }));
    expect(keptFen(order)).toBe(1200);
  });
  test.each<[string, Partial<ChannelRefund>]>([
    ['another amount under the same number', { amountFen: 2 }],
    ['more than was paid', { refundNo: 'R2345678', amountFen: 1234 }],
  ])('of %s is refused, with the reason on record', async (_, overrides) => {
    const { order } = await paidLongAgo();
    await channel.refund(order, aRefund(order, { amountFen: 1 }));
    expect(await channel.refund(order, aRefund(order, overrides))).toMatchObject({
      kind: 'refused',
      answer: expect.stringMatching(/^3[36] ./),
    });
    expect(keptFen(order)).toBe(1233);
  });
  test('of an unpaid order is refused', async () => {
    const order = anOrder();
    await channel.create(order, anybody);
    expect(await kindOf(channel.refund(order, aRefund(order)))).toBe('refused');
  });
  test('that was never requested is not found, nor is one with another time', async () => {
    const { order, refund } = await paidLongAgo();
    expect(await kindOf(channel.queryRefund(order, refund))).toBe('not_found');
    await channel.refund(order, refund);
    const other = { ...refund, notedAt: new Date(refund.notedAt.getTime() + 1_000) };
    expect(toBeijingDigits(other.notedAt)).not.toBe(toBeijingDigits(refund.notedAt));
    expect(await kindOf(channel.queryRefund(order, other))).toBe('not_found');
  });
  test('insufficient balance on the merchant’s account', async () => {
    control().settings.balanceNotEnough = true;
    const { order, refund } = await paidLongAgo();
    expect(await kindOf(channel.refund(order, refund))).toBe('not_enough');
    expect(keptFen(order)).toBe(1234);
  });
  describe.each(['refund', 'refund_query'] as const)('%s, without a usable answer', (operation) => {
    async function succeeding() {
      const { order, refund } = await paidLongAgo();
      if (operation === 'refund') return () => channel.refund(order, refund);
      await channel.refund(order, refund);
      await settled();
      return () => channel.queryRefund(order, refund);
    }
    test.each(Object.entries(outages))('%s: unknown', async (_, fault) => {
      const call = await succeeding();
      control().addFault({ ...fault, match: { operation } });
      expect(await kindOf(call())).toBe('unknown');
    });
    test.each(unverified.union_pay)('an unverified success (%o): unknown', async (fault) => {
      const call = await succeeding();
      control().addFault({ ...fault, match: { operation } });
      expect(await kindOf(call())).toBe('unknown');
    });
    test('too many requests: rate limited', async () => {
      const call = await succeeding();
      control().addFault({ kind: 'rate_limited', match: { operation } });
      expect(await kindOf(call())).toBe('rate_limited');
    });
  });
  test('a wrong key: misconfigured', async () => {
    const stranger = adapters.union_pay(simulator, { privateKey: simulator.keys.stranger.privateKey });
    const { order, refund } = await paidLongAgo();
    expect(await kindOf(stranger.refund(order, refund))).toBe('misconfigured');
    expect(await kindOf(stranger.queryRefund(order, refund))).toBe('misconfigured');
    expect(await kindOf(stranger.cancel({ ...order, paidAt: new Date() }, refund))).toBe('misconfigured');
    // These requests failed verification on purpose.
    control().reset();
  });
});

test('both numbers are letters and digits, 8 to 40 of them, and differ', async () => {
  const order = await paid();
  const refund = aRefund(order, { refundNo: 'RAC20261124192124000ABCDEFGHJK' });
  await channel.cancel(order, refund);
  const other = await paid();
  await channel.refund(
    { ...other, paidAt: new Date(0) },
    { ...refund, refundNo: 'RAC20261124192124000ABCDEFGHJK' },
  );
  expect(keptFen(order) + keptFen(other)).toBe(0);
});
