import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../src/channel/adapter/reply.ts';
import { chargeRefusals, chargeStates } from '../../../src/channel/built-in/wechat/answers/codes.ts';
import { readCharge } from '../../../src/channel/built-in/wechat/answers/read-charge.ts';
import { meaningless, refusal, verified } from '../support.ts';

const merchant = { mchId: '1900000001', appId: 'wx0123456789abcdef' };
const charge = (reply: Reply) => readCharge(merchant, { orderNo: 'AC1' }, reply);
const paid = {
  mchid: merchant.mchId,
  appid: merchant.appId,
  out_trade_no: 'AC1',
  trade_state: 'SUCCESS',
  transaction_id: '4200000001',
  success_time: '2026-01-01T10:00:00+08:00',
  amount: { total: 100, currency: 'CNY' },
};

test.each(Object.entries(chargeRefusals))('%s: %s', (code, kind) => {
  expect(charge(refusal(403, code))).toMatchObject({ kind, answer: `403 ${code} why` });
});
test.each(Object.entries(chargeStates))('trade_state %s: %s', (trade_state, kind) => {
  expect(charge(verified(200, { ...paid, trade_state }))).toMatchObject({
    kind,
    answer: `200 ${trade_state}`,
  });
});
test.each(Object.entries(meaningless))('%s: unknown', (_, reply) => {
  expect(charge(reply).kind).toBe('unknown');
});
test('429 is too many requests', () => {
  expect(charge(refusal(429, 'SIGN_ERROR')).kind).toBe('rate_limited');
});
test('paid: the payment', () => {
  expect(charge(verified(200, paid))).toEqual({
    kind: 'paid',
    answer: '200 SUCCESS',
    payment: {
      orderNo: 'AC1',
      channelTradeNo: '4200000001',
      amountFen: 100,
      paidAt: new Date('2026-01-01T02:00:00Z'),
    },
  });
});

describe('not every SUCCESS is a payment', () => {
  test.each(['mchid', 'appid', 'transaction_id', 'success_time', 'amount'])(
    'without %s: unknown',
    (field) => {
      expect(charge(verified(200, { ...paid, [field]: undefined })).kind).toBe('unknown');
    },
  );
  test.each([
    { mchid: '1900000002' },
    { appid: 'wxother' },
    { out_trade_no: 'AC2' },
    { amount: { total: 100, currency: 'USD' } },
    { amount: { total: 100 } },
    { amount: { total: 0, currency: 'CNY' } },
  ])('%j: unknown', (other) => {
    expect(charge(verified(200, { ...paid, ...other })).kind).toBe('unknown');
  });
  test('with 202: unknown', () => {
    expect(charge(verified(202, paid)).kind).toBe('unknown');
  });
});

test.each([
  [202, { trade_state: 'USERPAYING' }],
  [200, { trade_state: 'USERPAYING' }],
  [202, { ...paid, trade_state: 'USERPAYING' }],
  [202, { code: 'USERPAYING', message: '用户支付中，需要输入密码' }],
  [202, { code: 'USER_PAYING' }],
])('the password is required, with %d %j: user_paying', (status, data) => {
  expect(charge(verified(status, data)).kind).toBe('user_paying');
});
test('about another order, even user_paying is unknown', () => {
  expect(charge(verified(202, { trade_state: 'USERPAYING', out_trade_no: 'AC2' })).kind).toBe('unknown');
});
test.each(['NOTPAY', 'REFUND', 'ACCEPT', 'toString'])('%s: unknown, a query decides', (trade_state) => {
  expect(charge(verified(200, { ...paid, trade_state })).kind).toBe('unknown');
});
test('a refusal carries the reason', () => {
  expect(charge(refusal(400, 'AUTHCODEEXPIRE', '二维码已过期'))).toMatchObject({ message: '二维码已过期' });
  expect(charge(verified(200, { trade_state: 'PAYERROR' }))).toMatchObject({ message: '支付失败' });
});
