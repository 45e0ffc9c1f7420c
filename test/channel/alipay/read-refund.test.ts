import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../src/channel/adapter/reply.ts';
import {
  cancelActions,
  cancelRefusals,
  refundQueryRefusals,
  refundRefusals,
} from '../../../src/channel/built-in/alipay/answers/codes.ts';
import {
  readCancel,
  readRefund,
  readRefundQuery,
} from '../../../src/channel/built-in/alipay/answers/read-refund.ts';
import { meaningless, refusal, rowsOf, verified } from '../support.ts';

const asked = { orderNo: 'AC1', refundNo: 'RAC1' };
const cancel = (reply: Reply) => readCancel(asked, reply);
const refund = (reply: Reply) => readRefund(asked, reply);
const queryRefund = (reply: Reply) => readRefundQuery(asked, reply);

test.each(rowsOf(cancelRefusals))('cancel %s: %s', (code, kind) => {
  expect(cancel(refusal(400, code)).kind).toBe(kind);
});
test.each(rowsOf(refundRefusals))('refund %s: %s', (code, kind) => {
  expect(refund(refusal(400, code)).kind).toBe(kind);
});
test.each(rowsOf(refundQueryRefusals))('refund query %s: %s', (code, kind) => {
  expect(queryRefund(refusal(400, code)).kind).toBe(kind);
});

describe.each([
  ['cancel', cancel],
  ['refund', refund],
  ['refund query', queryRefund],
] as const)('%s', (_operation, read) => {
  test.each(Object.entries(meaningless))('%s: unknown', (_, reply) => {
    expect(read(reply).kind).toBe('unknown');
  });
  test('429 is too many requests', () => {
    expect(read(refusal(429, 'ACQ.SELLER_BALANCE_NOT_ENOUGH')).kind).toBe('rate_limited');
  });
  test('about another order, or with another status: unknown', () => {
    const success = { action: 'refund', fund_change: 'Y', refund_status: 'REFUND_SUCCESS' };
    expect(read(verified(200, { ...success, out_trade_no: 'AC2' })).kind).toBe('unknown');
    expect(read(verified(202, { ...success, out_trade_no: 'AC1' })).kind).toBe('unknown');
  });
});

describe('cancel', () => {
  const answer = { out_trade_no: 'AC1', trade_no: '2026010122001', retry_flag: 'N' };
  test.each(Object.entries(cancelActions))('action %s: %s', (action, kind) => {
    expect(cancel(verified(200, { ...answer, action }))).toEqual({ kind, answer: `200 ${action}` });
  });
  test.each(['', 'closed', 'toString'])('an action that is not listed (%j): unknown', (action) => {
    expect(cancel(verified(200, { ...answer, action })).kind).toBe('unknown');
  });
  test('without an action: not found, never closed', () => {
    expect(cancel(verified(200, answer)).kind).toBe('not_found');
    expect(cancel(verified(200, { out_trade_no: 'AC1' })).kind).toBe('not_found');
  });
  test.each([undefined, 'close', 'refund'])('retry_flag=Y with action %s: retry', (action) => {
    expect(cancel(verified(200, { ...answer, retry_flag: 'Y', action })).kind).toBe('again');
  });
});

describe('refund', () => {
  test.each([
    ['Y', 'refunded'],
    ['N', 'processing'],
    ['', 'processing'],
    [undefined, 'processing'],
  ])('fund_change %s: %s', (fund_change, kind) => {
    expect(refund(verified(200, { out_trade_no: 'AC1', fund_change })).kind).toBe(kind);
  });
});

describe('refund query', () => {
  const done = { out_trade_no: 'AC1', out_request_no: 'RAC1', refund_status: 'REFUND_SUCCESS' };
  test('REFUND_SUCCESS: refunded', () => {
    expect(queryRefund(verified(200, done))).toEqual({ kind: 'refunded', answer: '200 REFUND_SUCCESS' });
  });
  test('no status: not found, so that the refund is repeated', () => {
    expect(queryRefund(verified(200, { out_trade_no: 'AC1' })).kind).toBe('not_found');
    expect(queryRefund(verified(200, { ...done, refund_status: undefined })).kind).toBe('not_found');
  });
  test('another status, or about another refund: unknown', () => {
    expect(queryRefund(verified(200, { ...done, refund_status: 'REFUND_FAIL' })).kind).toBe('unknown');
    expect(queryRefund(verified(200, { ...done, out_request_no: 'RAC2' })).kind).toBe('unknown');
  });
});
