import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../src/channel/adapter/reply.ts';
import {
  refundQueryRefusals,
  refundRefusals,
  refundStates,
} from '../../../src/channel/built-in/wechat/answers/codes.ts';
import { readRefund, readRefundQuery } from '../../../src/channel/built-in/wechat/answers/read-refund.ts';
import { meaningless, refusal, verified } from '../support.ts';

const asked = { orderNo: 'AC1', refundNo: 'RAC1', amountFen: 100 };
const refund = (reply: Reply) => readRefund(asked, reply);
const queryRefund = (reply: Reply) => readRefundQuery(asked, reply);
const done = {
  refund_id: '50300000001',
  out_trade_no: 'AC1',
  out_refund_no: 'RAC1',
  status: 'SUCCESS',
  amount: { refund: 100, total: 100, currency: 'CNY' },
};

test.each(Object.entries(refundRefusals))('refund %s: %s', (code, kind) => {
  expect(refund(refusal(403, code))).toEqual({ kind, answer: `403 ${code} why` });
});
test.each(Object.entries(refundQueryRefusals))('query %s: %s', (code, kind) => {
  expect(queryRefund(refusal(404, code))).toEqual({ kind, answer: `404 ${code} why` });
});
test('no such refund, with another status than 404: unknown', () => {
  expect(queryRefund(refusal(400, 'RESOURCE_NOT_EXISTS')).kind).toBe('unknown');
});

describe.each([
  ['refund', refund],
  ['query', queryRefund],
] as const)('%s', (_operation, read) => {
  test.each(Object.entries(refundStates))('status %s: %s', (status, kind) => {
    expect(read(verified(200, { ...done, status }))).toEqual({ kind, answer: `200 ${status}` });
  });
  test.each(['', 'SUCCEEDED', 'toString'])('a status that is not listed (%j): unknown', (status) => {
    expect(read(verified(200, { ...done, status })).kind).toBe('unknown');
  });
  test.each(Object.entries(meaningless))('%s: unknown', (_, reply) => {
    expect(read(reply).kind).toBe('unknown');
  });
  test('429 is too many requests', () => {
    expect(read(refusal(429, 'NOT_ENOUGH')).kind).toBe('rate_limited');
  });
  test.each([
    { out_trade_no: 'AC2' },
    { out_refund_no: 'RAC2' },
    { amount: { refund: 100, currency: 'USD' } },
    { amount: { refund: 100 } },
    { amount: undefined },
  ])('%j is about another refund, or incomplete: unknown', (other) => {
    expect(read(verified(200, { ...done, ...other })).kind).toBe('unknown');
  });
  test('only 200 is an answer', () => {
    expect(read(verified(202, done)).kind).toBe('unknown');
  });
});

test('an amount other than requested: unknown', () => {
  expect(refund(verified(200, { ...done, amount: { refund: 99 } })).kind).toBe('unknown');
});
