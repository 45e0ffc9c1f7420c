import { expect, test } from 'vitest';
import type { Reply } from '../../../src/channel/adapter/reply.ts';
import { chargeRefusals } from '../../../src/channel/built-in/alipay/answers/codes.ts';
import { readCharge } from '../../../src/channel/built-in/alipay/answers/read-charge.ts';
import { meaningless, refusal, rowsOf, verified } from '../support.ts';

const charge = (reply: Reply) => readCharge({ orderNo: 'AC1' }, reply);
const paid = {
  out_trade_no: 'AC1',
  trade_no: '2026010122001',
  total_amount: '0.29',
  gmt_payment: '2026-01-01 10:00:00',
};

test.each(rowsOf(chargeRefusals))('%s: %s', (code, kind) => {
  expect(charge(refusal(400, code)).kind).toBe(kind);
});
test.each(Object.entries(meaningless))('%s: unknown', (_, reply) => {
  expect(charge(reply).kind).toBe('unknown');
});
test('429 is too many requests', () => {
  expect(charge(refusal(429, 'ACQ.PAYMENT_FAIL')).kind).toBe('rate_limited');
});
test('paid: the payment', () => {
  expect(charge(verified(200, paid))).toEqual({
    kind: 'paid',
    answer: '200',
    payment: {
      orderNo: 'AC1',
      channelTradeNo: '2026010122001',
      amountFen: 29,
      paidAt: new Date('2026-01-01T02:00:00Z'),
    },
  });
});
test.each([200, 202])('%d without a time of payment: the customer must confirm it', (status) => {
  expect(charge(verified(status, { ...paid, gmt_payment: undefined }))).toEqual({
    kind: 'user_paying',
    answer: String(status),
  });
});
test.each([
  { out_trade_no: 'AC2' },
  { out_trade_no: 'AC2', gmt_payment: undefined },
  { trade_no: undefined },
  { total_amount: undefined },
  { total_amount: '0.290' },
  { gmt_payment: '' },
  { gmt_payment: '2026-02-30 10:00:00' },
])('%j: unknown', (other) => {
  expect(charge(verified(200, { ...paid, ...other })).kind).toBe('unknown');
});
test('paid with 202: unknown', () => {
  expect(charge(verified(202, paid)).kind).toBe('unknown');
});
test('a refusal carries the reason', () => {
  expect(charge(refusal(400, 'ACQ.PAYMENT_AUTH_CODE_INVALID', '请顾客刷新付款码'))).toMatchObject({
    message: '请顾客刷新付款码',
  });
});
