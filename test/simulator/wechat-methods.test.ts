import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NotPayable } from '../../src/sandbox/simulator/snapshot.ts';
import { failure, type Harness, type Merchant, openHarness, openMerchant } from './harness.ts';

const MINUTE_MS = 60_000;

let harness: Harness;
let merchant: Merchant;
beforeAll(async () => {
  harness = await openHarness();
  merchant = await openMerchant();
});
afterAll(async () => {
  await harness.close();
  await merchant.close();
});

const h5Scene = { payer_client_ip: '203.0.113.7', h5_info: { type: 'Wap' } };
const methods = [
  { kind: 'jsapi', more: { payer: { openid: 'oPayer' } }, field: 'prepay_id', tradeType: 'JSAPI' },
  { kind: 'app', more: {}, field: 'prepay_id', tradeType: 'APP' },
  { kind: 'h5', more: { scene_info: h5Scene }, field: 'h5_url', tradeType: 'MWEB' },
] as const;

describe.each(methods)('$kind', ({ kind, more, field, tradeType }) => {
  async function create(): Promise<string> {
    const { wechat, newOrderNo } = harness;
    const orderNo = newOrderNo();
    const reply = await wechat.create(wechat.native(orderNo, { ...more, notify_url: merchant.url }), kind);
    expect(reply.data).toEqual({ [field]: harness.control.order(orderNo)?.code });
    return orderNo;
  }

  test('is created, paid, notified and shown with its trade type', async () => {
    const { wechat, control } = harness;
    const orderNo = await create();
    expect(control.order(orderNo)).toMatchObject({ kind, state: 'NOTPAY', payable: true });
    await control.pay(orderNo);
    expect((await wechat.query(orderNo)).data).toMatchObject({
      trade_state: 'SUCCESS',
      trade_type: tradeType,
    });
    await expect(control.notifications.delivered(orderNo)).resolves.toMatchObject({ accepted: true });
  });

  test('is closed, and never reversed', async () => {
    const { wechat, control } = harness;
    const orderNo = await create();
    expect((await failure(wechat.reverse(orderNo))).response?.status).toBe(400);
    expect((await wechat.close(orderNo)).status).toBe(204);
    expect(control.order(orderNo)).toMatchObject({ state: 'CLOSED', payable: false });
  });

  test('a number of one kind is refused for every other', async () => {
    const { wechat } = harness;
    const orderNo = await create();
    const other = await failure(wechat.create(wechat.native(orderNo, { ...more })));
    expect(other.response).toMatchObject({ status: 403, data: { code: 'OUT_TRADE_NO_USED' } });
  });

  test('its code expires, an open cashier does not', async () => {
    const { control } = harness;
    const [untouched, open] = [await create(), await create()];
    await control.scan(open);
    await control.clock.advance((kind === 'h5' ? 5 : 120) * MINUTE_MS + 1000);
    expect(control.order(untouched)?.payable).toBe(false);
    expect(control.order(open)?.payable).toBe(true);
  });
});

test.each([
  ['jsapi', {}, 'no openid'],
  ['h5', {}, 'no scene'],
  ['h5', { scene_info: { payer_client_ip: '203.0.113.7' } }, 'no h5_info'],
  ['h5', { scene_info: { h5_info: { type: 'Wap' } } }, 'no client address'],
] as const)('400 PARAM_ERROR: %s with %o, %s', async (kind, more, _what) => {
  const { wechat, newOrderNo } = harness;
  const error = await failure(wechat.create(wechat.native(newOrderNo(), more), kind));
  expect(error.response).toMatchObject({ status: 400, data: { code: 'PARAM_ERROR' } });
});

describe('code payment', () => {
  const charge = (orderNo: string, more?: object) =>
    harness.wechat.create(harness.wechat.codePay(orderNo, more), 'codepay');

  async function waiting(): Promise<string> {
    const orderNo = harness.newOrderNo();
    harness.control.settings.codePayAsksPassword = true;
    await charge(orderNo);
    harness.control.settings.codePayAsksPassword = false;
    return orderNo;
  }

  test('pays at once: 200 with the transaction, and no notification', async () => {
    const { control, newOrderNo } = harness;
    const orderNo = newOrderNo();
    const reply = await charge(orderNo);
    expect(reply.status).toBe(200);
    expect(reply.data).toMatchObject({
      out_trade_no: orderNo,
      trade_state: 'SUCCESS',
      trade_type: 'MICROPAY',
      amount: { total: 100 },
      transaction_id: control.order(orderNo)?.tradeNo,
    });
    expect(control.order(orderNo)).toMatchObject({ kind: 'codepay', payable: false, notifyUrl: null });
    expect(control.notifications.deliveries(orderNo)).toEqual([]);
  });

  test('waits for the password: 202 USERPAYING, then paid or failed', async () => {
    const { wechat, control, newOrderNo } = harness;
    control.settings.codePayAsksPassword = true;
    const [right, wrong] = [newOrderNo(), newOrderNo()];
    const reply = await charge(right);
    expect([reply.status, reply.data.trade_state]).toEqual([202, 'USERPAYING']);
    expect((await charge(right)).status).toBe(202);
    await charge(wrong);
    control.settings.codePayAsksPassword = false;
    expect((await wechat.query(right)).data).toMatchObject({ trade_state: 'USERPAYING' });
    expect(control.order(right)).toMatchObject({ payable: true, paying: true });
    await control.finishPay(right);
    await control.finishPay(wrong, false);
    expect((await wechat.query(right)).data).toMatchObject({ trade_state: 'SUCCESS' });
    expect((await wechat.query(wrong)).data).toMatchObject({ trade_state: 'PAYERROR' });
    expect(control.order(wrong)?.payable).toBe(false);
  });

  test('waits for the password with an error, if enabled', async () => {
    const { control } = harness;
    control.settings.codePayPasswordAnswer = 'error';
    const orderNo = harness.newOrderNo();
    control.settings.codePayAsksPassword = true;
    const reply = await charge(orderNo);
    Object.assign(control.settings, { codePayAsksPassword: false, codePayPasswordAnswer: 'transaction' });
    expect([reply.status, reply.data.code]).toEqual([202, 'USERPAYING']);
  });

  test('is revoked if the password is not typed in time', async () => {
    const { wechat, control } = harness;
    const orderNo = await waiting();
    await control.clock.advance(46_000);
    await expect(control.finishPay(orderNo)).rejects.toThrow(NotPayable);
    expect((await wechat.query(orderNo)).data).toMatchObject({ trade_state: 'REVOKED' });
    expect(control.order(orderNo)?.payable).toBe(false);
  });

  test('cannot be closed; reversing revokes it, also while the customer is typing, and when repeated', async () => {
    const { wechat, control } = harness;
    const orderNo = await waiting();
    const closing = await failure(wechat.close(orderNo));
    expect(JSON.stringify(closing.response?.data)).toContain('268449641');
    for (const _once of [1, 2]) {
      expect((await wechat.reverse(orderNo)).data).toMatchObject({ out_trade_no: orderNo });
      expect(control.order(orderNo)).toMatchObject({ state: 'REVOKED', payable: false });
    }
  });

  test('reversing a paid one refunds it once, with enough balance and within seven days', async () => {
    const { wechat, control, newOrderNo } = harness;
    const [paid, late] = [newOrderNo(), newOrderNo()];
    await charge(late);
    await control.clock.advance(8 * 24 * 60 * MINUTE_MS);
    expect((await failure(wechat.reverse(late))).response?.data).toMatchObject({ code: 'REVERSE_EXPIRE' });
    await charge(paid);
    control.settings.balanceNotEnough = true;
    expect((await failure(wechat.reverse(paid))).response?.data).toMatchObject({ code: 'NOT_ENOUGH' });
    control.settings.balanceNotEnough = false;
    for (const _once of [1, 2]) {
      await wechat.reverse(paid);
      expect(control.order(paid)).toMatchObject({ state: 'REFUND', refundedFen: 100 });
    }
  });

  test('a reversal may have to be repeated', async () => {
    const { wechat, control } = harness;
    const orderNo = await waiting();
    control.settings.wechatReverseRetries = 1;
    expect((await wechat.reverse(orderNo)).status).toBe(202);
    expect(control.order(orderNo)?.payable).toBe(true);
    expect((await wechat.reverse(orderNo)).status).toBe(200);
    expect(control.order(orderNo)?.payable).toBe(false);
  });

  test('a number is charged once', async () => {
    const { wechat, newOrderNo } = harness;
    const code = async (orderNo: string, more?: object) =>
      (await failure(charge(orderNo, more))).response?.data;
    const paid = newOrderNo();
    await charge(paid);
    expect(await code(paid)).toMatchObject({ code: 'ORDERPAID' });
    const open = await waiting();
    expect(await code(open, { amount: { total: 200 } })).toMatchObject({ code: 'OUT_TRADE_NO_USED' });
    await wechat.reverse(open);
    expect(await code(open)).toMatchObject({ code: 'ORDER_REVERSED' });
  });

  test.each([
    ['AUTH_CODE_INVALID', { payer: { auth_code: '28' } }],
    ['AUTH_CODE_INVALID', { payer: {} }],
    ['PARAM_ERROR', { scene_info: { device_ip: '203.0.113.7' } }],
    ['PARAM_ERROR', { amount: { total: 0 } }],
  ])('400 %s for %o', async (expected, more) => {
    const orderNo = harness.newOrderNo();
    const error = await failure(charge(orderNo, more));
    expect(error.response).toMatchObject({ status: 400, data: { code: expected } });
    expect(harness.control.order(orderNo)).toBeNull();
  });
});
