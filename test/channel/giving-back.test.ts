import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Channel, ChannelOrder, PayMethod } from '../../src/channel/channel.ts';
import type { Simulator } from '../../src/sandbox/simulator/simulator.ts';
import { startTestSimulator } from '../support/simulator.ts';
import { outages, unverified } from './faults.ts';
import { adapters, anOrder, anybody, aRefund } from './support.ts';

/** Cancel, refund and its query: the calls that return money. */

let simulator: Simulator;
let channels: Record<Name, Channel>;
beforeAll(async () => {
  simulator = await startTestSimulator();
  channels = { wechat_pay: adapters.wechat_pay(simulator), ali_pay: adapters.ali_pay(simulator) };
});
afterEach(() => {
  expect(simulator.control.log().filter(({ verified }) => verified !== 'ok')).toEqual([]);
  simulator.control.reset();
});
afterAll(() => simulator.close());

const control = () => simulator.control;
const names = ['wechat_pay', 'ali_pay'] as const;
type Name = (typeof names)[number];
const authCodes = { wechat_pay: '134567890123456789', ali_pay: '284567890123456789' };
const kindOf = async (result: Promise<{ kind: string }> | null) => (await result)?.kind;

/** Payable for 15 minutes by the gateway's clock, which some tests here move by days. */
async function created(name: Name, method: PayMethod, overrides: Partial<ChannelOrder> = {}) {
  const expiresAt = new Date(control().clock.now().getTime() + 900_000);
  const order = anOrder({ method, expiresAt, ...overrides });
  await channels[name].create(order, { ...anybody, authCode: authCodes[name] });
  return order;
}
/** A charge old enough to be reversed. */
const longAgo = () => ({ createAttemptedAt: new Date(Date.now() - 15_000) });
const charged = (name: Name, overrides: Partial<ChannelOrder> = longAgo()) =>
  created(name, 'barcode', overrides);
async function asked(name: Name) {
  control().settings.codePayAsksPassword = true;
  return charged(name);
}
const atGateway = ({ orderNo }: ChannelOrder) => control().order(orderNo);

describe.each(names)('refund at %s', (name) => {
  const channel = () => channels[name];
  async function paid(method: PayMethod = 'qrcode') {
    const order = await created(name, method);
    if (method !== 'barcode') await control().pay(order.orderNo);
    return order;
  }
  const settled = () => control().clock.advance(control().settings.refundSettlesAfterMs);

  test.each(['qrcode', 'barcode'] as const)('%s: returns the money', async (method) => {
    const order = await paid(method);
    const kind = name === 'wechat_pay' ? 'processing' : 'refunded';
    expect(await kindOf(channel().refund(order, aRefund(order)))).toBe(kind);
    await settled();
    expect(await kindOf(channel().queryRefund(order, aRefund(order)))).toBe('refunded');
    expect(await channel().query(order)).toMatchObject({ kind: 'refunded', payment: { amountFen: 1234 } });
  });
  test('repeated, refunds once', async () => {
    const order = await paid();
    for (let time = 0; time < 3; time += 1) await channel().refund(order, aRefund(order));
    expect(atGateway(order)?.refundedFen).toBe(1234);
  });
  test('accepted, but the money has not moved yet: processing', async () => {
    control().settings.alipayFundChange = 'N';
    const order = await paid();
    expect(await kindOf(channel().refund(order, aRefund(order)))).toBe('processing');
    // Alipay shows no refund before it is done; repeating it is harmless.
    const kind = name === 'wechat_pay' ? 'processing' : 'not_found';
    expect(await kindOf(channel().queryRefund(order, aRefund(order)))).toBe(kind);
    expect(await kindOf(channel().refund(order, aRefund(order)))).toBe('processing');
    await settled();
    expect(await kindOf(channel().queryRefund(order, aRefund(order)))).toBe('refunded');
    expect(atGateway(order)?.refundedFen).toBe(1234);
  });
  test('a partial amount', async () => {
    const order = await paid();
    await channel().refund(order, aRefund(order, { amountFen: 34 }));
    expect(atGateway(order)?.refundedFen).toBe(34);
  });
  test('insufficient balance on the merchant’s account', async () => {
    control().settings.balanceNotEnough = true;
    const order = await paid();
    expect(await kindOf(channel().refund(order, aRefund(order)))).toBe('not_enough');
    expect(atGateway(order)?.refundedFen).toBe(0);
  });
  test.each([
    ['another amount under the same number', { amountFen: 2 }],
    ['more than was paid', { refundNo: 'R2', amountFen: 1234 }],
  ])('%s: refused, with the reason on record', async (_, overrides) => {
    const order = await paid();
    await channel().refund(order, aRefund(order, { amountFen: 1 }));
    const result = await channel().refund(order, aRefund(order, overrides));
    expect(result.kind).toBe('refused');
    expect(result.answer).toMatch(/^40[03] \S+ \S/);
    expect(atGateway(order)?.refundedFen).toBe(1);
  });
  test('unpaid: refused', async () => {
    const order = await created(name, 'qrcode');
    await control().scan(order.orderNo);
    expect(await kindOf(channel().refund(order, aRefund(order)))).toBe('refused');
  });
  test('an unknown refund number: not found', async () => {
    expect(await kindOf(channel().queryRefund(await paid(), aRefund(anOrder())))).toBe('not_found');
    expect(await kindOf(channel().queryRefund(anOrder(), aRefund(anOrder())))).toBe('not_found');
  });
  test('accepts a reason of any length', async () => {
    const order = await paid();
    await channel().refund(order, aRefund(order, { reason: '原因😀'.repeat(200) }));
    expect(atGateway(order)?.refundedFen).toBe(1234);
  });

  describe.each(['refund', 'refund_query'] as const)('%s, without a usable answer', (operation) => {
    /** A refund, or a request for one, whose true answer is a success, and the call. */
    async function succeeding() {
      const order = await paid();
      if (operation === 'refund') return () => channel().refund(order, aRefund(order));
      await channel().refund(order, aRefund(order));
      await settled();
      return () => channel().queryRefund(order, aRefund(order));
    }
    test.each(Object.entries(outages))('%s: unknown', async (_, fault) => {
      const call = await succeeding();
      control().addFault({ ...fault, match: { operation } });
      expect(await kindOf(call())).toBe('unknown');
      expect(control().log({ operation })).toHaveLength(1);
    });
    test.each(unverified[name])('an unverified success (%o): unknown', async (fault) => {
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
    const stranger = adapters[name](simulator, { privateKey: simulator.keys.stranger.privateKey });
    const order = await charged(name);
    expect(await kindOf(stranger.refund(order, aRefund(order)))).toBe('misconfigured');
    expect(await kindOf(stranger.queryRefund(order, aRefund(order)))).toBe('misconfigured');
    expect(await kindOf(stranger.cancel(order, aRefund(order)))).toBe('misconfigured');
    // These requests failed verification on purpose.
    control().reset();
  });
});

describe('cancel at WeChat Pay: a barcode order is reversed', () => {
  const channel = () => channels.wechat_pay;
  const cancel = (order: ChannelOrder) => kindOf(channel().cancel(order, aRefund(order)));

  test.each(['qrcode', 'jsapi', 'app', 'wap'] as const)('%s: not supported', async (method) => {
    expect(await cancel(anOrder({ method }))).toBe('not_cancellable');
  });
  test('unpaid: closed, and can no longer be paid', async () => {
    const order = await asked('wechat_pay');
    expect(await channel().cancel(order, aRefund(order))).toEqual({
      kind: 'closed',
      answer: '200; 200 REVOKED',
    });
    expect(atGateway(order)).toMatchObject({ state: 'REVOKED', payable: false });
  });
  test('paid: the money is returned', async () => {
    const order = await charged('wechat_pay');
    expect(await channel().cancel(order, aRefund(order))).toEqual({
      kind: 'refunded',
      answer: '200; 200 REFUND',
    });
    expect(atGateway(order)?.refundedFen).toBe(1234);
    expect(await cancel(order)).toBe('refunded');
    expect(atGateway(order)?.refundedFen).toBe(1234);
  });
  test('within 15 seconds of the payment: no request is sent', async () => {
    const createAttemptedAt = new Date(1_800_000_000_000);
    const order = await charged('wechat_pay', { createAttemptedAt });
    const later = (ms: number) =>
      adapters.wechat_pay(simulator, {}, { now: () => new Date(createAttemptedAt.getTime() + ms) });
    expect(await kindOf(later(14_999).cancel(order, aRefund(order)))).toBe('again');
    expect(await kindOf(later(14_999).close(order))).toBe('user_paying');
    expect(control().log({ operation: 'reverse' })).toEqual([]);
    expect(await kindOf(later(15_000).cancel(order, aRefund(order)))).toBe('refunded');
  });
  test('the customer is paying', async () => {
    control().settings.wechatReverseRetries = 1;
    const order = await asked('wechat_pay');
    expect(await cancel(order)).toBe('user_paying');
    expect(await cancel(order)).toBe('closed');
  });
  test('insufficient balance on the merchant’s account', async () => {
    control().settings.balanceNotEnough = true;
    const order = await charged('wechat_pay');
    expect(await cancel(order)).toBe('not_enough');
    expect(await kindOf(channel().close(order))).toBe('conflict');
  });
  test('after seven days only a refund is possible', async () => {
    const order = await charged('wechat_pay');
    await control().clock.advance(7 * 24 * 3_600_000 + 1000);
    expect(await cancel(order)).toBe('refund_instead');
    expect(await kindOf(channel().close(order))).toBe('conflict');
  });
  test('unknown at the channel: not found', async () => {
    expect(await cancel(anOrder({ method: 'barcode', ...longAgo() }))).toBe('not_found');
  });
  test('not yet visible in the query: retry', async () => {
    const order = await charged('wechat_pay');
    control().addFault({ kind: 'stale_read', match: { operation: 'query', times: 1 } });
    expect(await cancel(order)).toBe('again');
    expect(await cancel(order)).toBe('refunded');
  });
  test('a reversal whose answer is lost counts if the query shows the order revoked', async () => {
    const order = await asked('wechat_pay');
    control().addFault({ kind: 'lost_reply', match: { operation: 'reverse' } });
    expect(await cancel(order)).toBe('closed');
  });
  test('a reversal whose answer is lost is repeated if the query shows a refund, which may be a different one', async () => {
    const order = await charged('wechat_pay');
    control().addFault({ kind: 'lost_reply', match: { operation: 'reverse', times: 1 } });
    expect(await cancel(order)).toBe('again');
    expect(await cancel(order)).toBe('refunded');
    expect(atGateway(order)?.refundedFen).toBe(1234);
  });
  describe.each(['reverse', 'query'] as const)('%s, without a usable answer', (operation) => {
    test.each(Object.entries(outages))('%s: unknown', async (_, fault) => {
      const order = await charged('wechat_pay');
      control().addFault({ ...fault, match: { operation, orderNo: order.orderNo } });
      expect(await cancel(order)).toMatch(operation === 'query' ? /^unknown$/ : /^(unknown|again)$/);
    });
    test.each(unverified.wechat_pay)('%o: unknown', async (fault) => {
      const order = await charged('wechat_pay');
      control().addFault({ ...fault, match: { operation, orderNo: order.orderNo } });
      expect(await cancel(order)).toMatch(operation === 'query' ? /^unknown$/ : /^again$/);
    });
    test('too many requests: rate limited', async () => {
      const order = await charged('wechat_pay');
      control().addFault({ kind: 'rate_limited', match: { operation, orderNo: order.orderNo } });
      expect(await cancel(order)).toBe('rate_limited');
    });
  });

  test('a barcode order is closed by a reversal, so the caller queries first', async () => {
    const order = await asked('wechat_pay');
    expect(channel().reversibleFrom(order)).toBeInstanceOf(Date);
    expect(await kindOf(channel().close(order))).toBe('accepted');
    expect(await kindOf(channel().query(order))).toBe('closed');
    expect(control().log({ operation: 'close' })).toEqual([]);
    expect(await kindOf(channel().close(anOrder({ method: 'barcode', ...longAgo() })))).toBe('not_found');
  });
});

describe('cancel at Alipay', () => {
  const channel = () => channels.ali_pay;
  const cancel = (order: ChannelOrder) => kindOf(channel().cancel(order, aRefund(order)));

  test('scanned, unpaid: closed, and can no longer be paid', async () => {
    const order = await created('ali_pay', 'qrcode');
    await control().scan(order.orderNo);
    expect(await channel().cancel(order, aRefund(order))).toEqual({ kind: 'closed', answer: '200 close' });
    expect(atGateway(order)?.payable).toBe(false);
  });
  test('waiting for the password: closed', async () => {
    const order = await asked('ali_pay');
    expect(await cancel(order)).toBe('closed');
    expect(atGateway(order)?.payable).toBe(false);
  });
  test.each(['qrcode', 'barcode'] as const)('%s, paid: the money is returned', async (method) => {
    const order = await created('ali_pay', method);
    if (method === 'qrcode') await control().pay(order.orderNo);
    expect(await channel().cancel(order, aRefund(order))).toEqual({ kind: 'refunded', answer: '200 refund' });
    expect(atGateway(order)?.refundedFen).toBe(1234);
  });
  test('a code that nobody has scanned: not found, never closed, and it can still be paid', async () => {
    const order = await created('ali_pay', 'qrcode');
    expect(await channel().cancel(order, aRefund(order))).toEqual({
      kind: 'not_found',
      answer: '200 no action',
    });
    expect(atGateway(order)?.payable).toBe(true);
  });
  test('retry_flag: retry', async () => {
    control().settings.alipayCancelRetries = 1;
    const order = await charged('ali_pay');
    expect(await cancel(order)).toBe('again');
    expect(await cancel(order)).toBe('refunded');
  });
  test('insufficient balance on the merchant’s account', async () => {
    control().settings.balanceNotEnough = true;
    expect(await cancel(await charged('ali_pay'))).toBe('not_enough');
  });
  test('finished, or partially refunded: only a refund is possible', async () => {
    const finished = await charged('ali_pay');
    await control().finish(finished.orderNo);
    expect(await cancel(finished)).toBe('refund_instead');
    const partly = await charged('ali_pay');
    await control().refund(partly.orderNo, 34);
    expect(await cancel(partly)).toBe('refund_instead');
  });
  test('a day after its creation: not possible', async () => {
    const createdAgo = (ms: number) => anOrder({ createAttemptedAt: new Date(1_800_000_000_000 - ms) });
    const then = adapters.ali_pay(simulator, {}, { now: () => new Date(1_800_000_000_000) });
    expect(await kindOf(then.cancel(createdAgo(24 * 3_600_000), aRefund(anOrder())))).toBe('not_cancellable');
    expect(await kindOf(then.cancel(createdAgo(24 * 3_600_000 - 1), aRefund(anOrder())))).not.toBe(
      'not_cancellable',
    );
  });
  test('paid more than a day ago by Alipay’s clock: only a refund is possible', async () => {
    const order = await charged('ali_pay');
    await control().clock.advance(24 * 3_600_000 + 1000);
    expect(await cancel(order)).toBe('refund_instead');
  });
  test.each(Object.entries(outages))('%s: unknown', async (_, fault) => {
    const order = await charged('ali_pay');
    control().addFault({ ...fault, match: { operation: 'cancel', orderNo: order.orderNo } });
    expect(await cancel(order)).toBe('unknown');
    expect(control().log({ operation: 'cancel' })).toHaveLength(1);
  });
  test.each(unverified.ali_pay)('an unverified success (%o): unknown', async (fault) => {
    const order = await charged('ali_pay');
    control().addFault({ ...fault, match: { operation: 'cancel', orderNo: order.orderNo } });
    expect(await cancel(order)).toBe('unknown');
  });
  test('too many requests: rate limited', async () => {
    const order = await charged('ali_pay');
    control().addFault({ kind: 'rate_limited', match: { operation: 'cancel' } });
    expect(await cancel(order)).toBe('rate_limited');
  });
});
