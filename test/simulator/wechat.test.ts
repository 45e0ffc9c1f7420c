import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failure, type Harness, openHarness, wechatClient } from './harness.ts';

const HOUR_MS = 3600_000;
const DAY_MS = 24 * HOUR_MS;
const inOneHour = () => `${new Date(Date.now() + 9 * HOUR_MS).toISOString().slice(0, 19)}+08:00`;

let harness: Harness;
beforeAll(async () => {
  harness = await openHarness();
});
afterAll(() => harness.close());

describe('the unmodified WeChat SDK works with the simulator', () => {
  test('create, query, close and query again', async () => {
    const { wechat, newOrderNo } = harness;
    const orderNo = newOrderNo();
    const created = await wechat.create(wechat.native(orderNo, { time_expire: inOneHour() }));
    expect(created.status).toBe(200);
    expect(created.data.code_url).toMatch(/^weixin:\/\/wxpay\/bizpayurl\?pr=/);
    expect((await wechat.query(orderNo)).data).toMatchObject({
      out_trade_no: orderNo,
      trade_state: 'NOTPAY',
      amount: { total: 100, currency: 'CNY' },
    });
    const closed = await wechat.close(orderNo);
    expect([closed.status, closed.data]).toEqual([204, '']);
    expect((await wechat.query(orderNo)).data).toMatchObject({ trade_state: 'CLOSED' });
  });

  test('a paid order shows its payment, an unpaid one has neither id nor time', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    expect((await wechat.query(orderNo)).data).not.toHaveProperty('transaction_id');
    expect((await wechat.query(orderNo)).data).not.toHaveProperty('success_time');
    await control.pay(orderNo);
    expect((await wechat.query(orderNo)).data).toMatchObject({
      trade_state: 'SUCCESS',
      trade_type: 'NATIVE',
      transaction_id: expect.stringMatching(/^420000\d{22}$/),
      success_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/),
    });
  });

  test('a refund is PROCESSING, then SUCCESS by the clock; the same number refunds once', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    await control.pay(orderNo);
    const body = {
      out_trade_no: orderNo,
      out_refund_no: `R${orderNo}`,
      amount: { refund: 40, total: 100, currency: 'CNY' },
    };
    expect((await wechat.refund(body)).data).toMatchObject({ status: 'PROCESSING' });
    expect((await wechat.refund(body)).data).toMatchObject({ status: 'PROCESSING' });
    await control.clock.advance(10_000);
    expect((await wechat.refundQuery(`R${orderNo}`)).data).toMatchObject({ status: 'SUCCESS' });
    expect((await wechat.query(orderNo)).data).toMatchObject({ trade_state: 'REFUND' });
    expect(control.order(orderNo)).toMatchObject({ state: 'REFUND', refundedFen: 40, payable: false });
    const other = await failure(wechat.refund({ ...body, amount: { ...body.amount, refund: 41 } }));
    expect(other.response?.data).toMatchObject({ code: 'INVALID_REQUEST' });
  });

  test('without Wechatpay-Serial the platform certificate signs', async () => {
    const { env, keys } = harness.simulator;
    const { serialNo, pem } = keys.wechat.certificate;
    const byCertificate = wechatClient(env, { [serialNo]: pem });
    const reply = await byCertificate.query(await harness.wechatOrder());
    expect(reply.headers['wechatpay-serial']).toBe(serialNo);
  });
});

describe('every answer of the query table', () => {
  test('404 ORDER_NOT_EXIST, without a signature', async () => {
    const error = await failure(harness.wechat.query('NEVER-CREATED'));
    expect(error.response).toMatchObject({ status: 404, data: { code: 'ORDER_NOT_EXIST' } });
    expect(Object.keys(error.response?.headers ?? {})).not.toContain('wechatpay-signature');
  });

  test('400 for a foreign merchant number and for a missing one', async () => {
    const orderNo = await harness.wechatOrder();
    const foreign = await failure(harness.wechat.query(orderNo, { params: { mchid: '1900000999' } }));
    expect(foreign.response).toMatchObject({ status: 400, data: { code: 'MCH_NOT_EXISTS' } });
    const missing = await failure(harness.wechat.query(orderNo, { params: {} }));
    expect(missing.response).toMatchObject({ status: 400, data: { code: 'PARAM_ERROR' } });
  });

  test('an order past its time_expire is still NOTPAY, until WeChat closes it after seven days', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder({ time_expire: inOneHour() });
    await control.clock.advance(DAY_MS);
    expect((await wechat.query(orderNo)).data).toMatchObject({ trade_state: 'NOTPAY' });
    expect(control.order(orderNo)?.payable).toBe(false);
    await control.clock.advance(6 * DAY_MS);
    expect((await wechat.query(orderNo)).data).toMatchObject({ trade_state: 'CLOSED' });
  });

  test('the other trade states: USERPAYING, PAYERROR, REVOKED and REFUND', async () => {
    const { wechat, control } = harness;
    const state = async (orderNo: string) => (await wechat.query(orderNo)).data.trade_state;
    const failed = await harness.wechatOrder();
    await control.codePay(failed);
    await control.beginPay(failed);
    expect(await state(failed)).toBe('USERPAYING');
    await control.finishPay(failed, false);
    expect(await state(failed)).toBe('PAYERROR');
    const reversed = await harness.wechatOrder();
    await control.codePay(reversed);
    expect((await wechat.reverse(reversed)).data).toMatchObject({ out_trade_no: reversed });
    expect(await state(reversed)).toBe('REVOKED');
    const paid = await harness.wechatOrder();
    await control.codePay(paid);
    await control.pay(paid);
    await wechat.reverse(paid);
    expect(await state(paid)).toBe('REFUND');
  });
});

describe('every answer of the close table', () => {
  test('204 for an unknown number, or 404 as documented', async () => {
    const { wechat, control } = harness;
    expect((await wechat.close('NEVER-CREATED')).status).toBe(204);
    control.settings.strict404 = true;
    const error = await failure(wechat.close('NEVER-CREATED'));
    control.settings.strict404 = false;
    expect(error.response).toMatchObject({ status: 404, data: { code: 'ORDER_NOT_EXIST' } });
  });

  test('204 again for an order that is closed', async () => {
    const orderNo = await harness.wechatOrder();
    expect((await harness.wechat.close(orderNo)).status).toBe(204);
    expect((await harness.wechat.close(orderNo)).status).toBe(204);
  });

  test('400 ORDERPAID for a paid order, refunded or not', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    await control.pay(orderNo);
    expect((await failure(wechat.close(orderNo))).response?.data).toMatchObject({ code: 'ORDERPAID' });
    await control.refund(orderNo, 1);
    expect((await failure(wechat.close(orderNo))).response?.data).toMatchObject({ code: 'ORDERPAID' });
  });

  test('429 FREQUENCY_LIMITED while the customer is paying, and the order stays payable', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    await control.beginPay(orderNo);
    const error = await failure(wechat.close(orderNo));
    expect(error).toMatchObject({ code: 'ERR_BAD_REQUEST' });
    expect(error.response).toMatchObject({ status: 429, data: { code: 'FREQUENCY_LIMITED' } });
    expect(control.order(orderNo)).toMatchObject({ payable: true, paying: true });
  });

  test('202 USER_PAYING resolves as a success of the SDK, if enabled', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    await control.beginPay(orderNo);
    control.settings.closeWhilePaying = 202;
    const reply = await wechat.close(orderNo);
    control.settings.closeWhilePaying = 429;
    expect([reply.status, reply.data.code]).toEqual([202, 'USER_PAYING']);
    expect(control.order(orderNo)?.payable).toBe(true);
  });

  test('a code-pay order can only be reversed, and a native one only closed', async () => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    expect((await failure(wechat.reverse(orderNo))).response?.status).toBe(400);
    await control.codePay(orderNo);
    const error = await failure(wechat.close(orderNo));
    expect(error.response).toMatchObject({ status: 400, data: { code: 'INVALID_REQUEST' } });
    expect(JSON.stringify(error.response?.data)).toContain('268449641');
  });

  test.each([
    [400, 'ORDER_CLOSED'],
    [400, 'ORDER_PAID'],
    [400, 'PARAM_ERROR'],
    [400, 'APPID_MCHID_NOT_MATCH'],
    [401, 'SIGN_ERROR'],
    [403, 'TRADE_ERROR'],
    [403, 'NO_AUTH'],
    [403, 'RULE_LIMIT'],
    [429, 'RATELIMIT_EXCEEDED'],
    [500, 'BANK_ERROR'],
  ])('any other row by a fault: %d %s, and the order stays open', async (status, code) => {
    const { wechat, control } = harness;
    const orderNo = await harness.wechatOrder();
    control.addFault({ kind: 'error', status, code, match: { operation: 'close', orderNo, times: 1 } });
    const error = await failure(wechat.close(orderNo));
    expect(error.response).toMatchObject({ status, data: { code } });
    expect(control.order(orderNo)).toMatchObject({ state: 'NOTPAY', payable: true });
  });
});

describe('creation', () => {
  test('the same parameters renew the code, other parameters are refused', async () => {
    const { wechat, newOrderNo } = harness;
    const orderNo = newOrderNo();
    const first = await wechat.create(wechat.native(orderNo));
    const second = await wechat.create(wechat.native(orderNo));
    expect(second.data.code_url).not.toBe(first.data.code_url);
    const other = await failure(wechat.create(wechat.native(orderNo, { description: '另一件' })));
    expect(other.response).toMatchObject({ status: 403, data: { code: 'OUT_TRADE_NO_USED' } });
  });

  test('a closed order and a paid order are not created again', async () => {
    const { wechat, control } = harness;
    const closed = await harness.wechatOrder();
    await wechat.close(closed);
    const again = await failure(wechat.create(wechat.native(closed)));
    expect(again.response?.data).toMatchObject({ code: 'ORDER_CLOSED' });
    const paid = await harness.wechatOrder();
    await control.pay(paid);
    const twice = await failure(wechat.create(wechat.native(paid)));
    expect(twice.response?.data).toMatchObject({ code: 'ORDERPAID' });
  });

  test('a deadline sooner than one minute is moved to one minute', async () => {
    const { control } = harness;
    const orderNo = await harness.wechatOrder({ time_expire: '2020-01-01T00:00:00+08:00' });
    const order = control.order(orderNo);
    expect(order && order.expiresAt.getTime() - order.createdAt.getTime()).toBe(60_000);
  });

  test.each([
    ['a number that is too short', { out_trade_no: 'short' }],
    ['no amount', { amount: { total: 0 } }],
    ['a broken deadline', { time_expire: '2026-01-01 00:00:00' }],
    ['a deadline beyond 90 days', { time_expire: '2099-01-01T00:00:00+08:00' }],
    ['no notify_url', { notify_url: '' }],
  ])('400 PARAM_ERROR for %s', async (_what, more) => {
    const { wechat, newOrderNo } = harness;
    const error = await failure(wechat.create(wechat.native(newOrderNo(), more)));
    expect(error.response).toMatchObject({ status: 400, data: { code: 'PARAM_ERROR' } });
  });

  test('a plain http notify_url passes, unless the simulator is strict about it', async () => {
    const { wechat, control, newOrderNo } = harness;
    control.settings.strictNotifyUrl = true;
    const error = await failure(wechat.create(wechat.native(newOrderNo())));
    control.settings.strictNotifyUrl = false;
    expect(error.response?.data).toMatchObject({ code: 'PARAM_ERROR' });
  });

  test('creating an expired order again makes it payable for another minute', async () => {
    const { wechat, control, newOrderNo } = harness;
    const orderNo = newOrderNo();
    const body = wechat.native(orderNo, { time_expire: '2020-01-01T00:00:00+08:00' });
    await wechat.create(body);
    await control.clock.advance(61_000);
    expect(control.order(orderNo)?.payable).toBe(false);
    await wechat.create(body);
    expect(control.order(orderNo)?.payable).toBe(true);
  });
});
