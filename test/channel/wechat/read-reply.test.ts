import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../src/channel/adapter/reply.ts';
import {
  closeRefusals,
  createRefusals,
  queryRefusals,
  tradeStates,
} from '../../../src/channel/built-in/wechat/answers/codes.ts';
import { readClose, readCreate, readQuery } from '../../../src/channel/built-in/wechat/answers/read-reply.ts';
import { refusal, verified } from '../support.ts';

const merchant = { mchId: '1900000001', appId: 'wx0123456789abcdef' };
const asked = { orderNo: 'AC1' };
const query = (reply: Reply) => readQuery(merchant, asked, reply);
const create = (reply: Reply) => readCreate('code_url', reply);
const readers = { create, query, close: readClose };

const unpaid = {
  mchid: merchant.mchId,
  appid: merchant.appId,
  out_trade_no: asked.orderNo,
  trade_state: 'NOTPAY',
  amount: { total: 100, payer_currency: 'CNY' },
};
const paid = {
  ...unpaid,
  trade_state: 'SUCCESS',
  transaction_id: '4200000001',
  success_time: '2026-01-01T10:00:00+08:00',
  amount: { total: 100, currency: 'CNY' },
};
const payment = {
  orderNo: 'AC1',
  channelTradeNo: '4200000001',
  amountFen: 100,
  paidAt: new Date('2026-01-01T02:00:00Z'),
};

describe('refusals', () => {
  test.each(Object.entries(createRefusals))('create %s: %s', (code, kind) => {
    expect(create(refusal(403, code))).toMatchObject({ kind, answer: `403 ${code} why` });
  });
  test.each(Object.entries(queryRefusals))('query %s: %s', (code, kind) => {
    expect(query(refusal(404, code))).toMatchObject({ kind, answer: `404 ${code} why` });
  });
  test.each(Object.entries(closeRefusals))('close %s: %s', (code, kind) => {
    expect(readClose(refusal(404, code))).toMatchObject({ kind, answer: `404 ${code} why` });
  });

  describe.each(Object.entries(readers))('%s', (_operation, read) => {
    test.each(['', 'SOMETHING_NEW', 'constructor', '__proto__'])(
      'a code that is not listed (%j) is unknown',
      (code) => {
        expect(read(refusal(400, code)).kind).toBe('unknown');
      },
    );
    test('429 is too many requests, whatever the code', () => {
      expect(read(refusal(429, 'SIGN_ERROR')).kind).toBe('rate_limited');
      expect(read(refusal(429, '')).kind).toBe('rate_limited');
    });
    test('a server error is unknown, whatever the code', () => {
      expect(read(refusal(500, 'ORDER_NOT_EXIST')).kind).toBe('unknown');
      expect(read(refusal(502, 'ORDER_CLOSED')).kind).toBe('unknown');
    });
    test('no answer is unknown', () => {
      expect(read({ kind: 'lost', why: 'timeout after 5000 ms' })).toEqual({
        kind: 'unknown',
        answer: 'timeout after 5000 ms',
      });
    });
    test.each([null, undefined, '', 'text', [], {}, { code: 1 }])(
      'a verified 200 with %j is unknown',
      (data) => {
        expect(read(verified(200, data)).kind).toBe('unknown');
      },
    );
    test('a recorded answer is one line of at most 200 characters', () => {
      const { answer } = read(refusal(400, 'PARAM_ERROR', `a\nb\u0000${'😀'.repeat(200)}`));
      expect(answer).toMatch(/^400 PARAM_ERROR a b /);
      expect(answer.length).toBeLessThanOrEqual(200);
      expect(() => encodeURIComponent(answer)).not.toThrow();
    });
  });

  test.each([400, 403])('ORDER_NOT_EXIST with %d instead of 404 is unknown', (status) => {
    expect(query(refusal(status, 'ORDER_NOT_EXIST')).kind).toBe('unknown');
    expect(readClose(refusal(status, 'ORDER_NOT_EXIST')).kind).toBe('unknown');
  });
  test('a refused creation carries the reason', () => {
    expect(create(refusal(400, 'PARAM_ERROR', '描述过长'))).toMatchObject({
      kind: 'refused',
      message: '描述过长',
    });
    expect(create(refusal(400, 'PARAM_ERROR', ''))).toMatchObject({ message: 'PARAM_ERROR' });
  });
});

describe('create', () => {
  test('a code is created', () => {
    expect(create(verified(200, { code_url: 'weixin://x', more: 1 }))).toEqual({
      kind: 'created',
      answer: '200',
      payBody: 'weixin://x',
    });
  });
  test.each(['prepay_id', 'h5_url'] as const)('%s is created, and nothing else is', (field) => {
    expect(readCreate(field, verified(200, { [field]: 'x' }))).toMatchObject({
      kind: 'created',
      payBody: 'x',
    });
    expect(readCreate(field, verified(200, { code_url: 'x' })).kind).toBe('unknown');
  });
  test('without a code, or with another status: unknown', () => {
    expect(create(verified(200, { code_url: '' })).kind).toBe('unknown');
    expect(create(verified(202, { code_url: 'weixin://x' })).kind).toBe('unknown');
  });
});

describe('query', () => {
  test.each(Object.entries(tradeStates))('trade_state %s: %s', (trade_state, kind) => {
    const isPayment = kind === 'paid' || kind === 'refunded';
    const result = query(verified(200, { ...(isPayment ? paid : unpaid), trade_state }));
    const answer = `200 ${trade_state}`;
    expect(result).toEqual(isPayment ? { kind, answer, payment } : { kind, answer });
  });
  test.each(['', 'ACCEPT', 'toString'])('a state that is not listed (%j) is unknown', (trade_state) => {
    expect(query(verified(200, { ...paid, trade_state })).kind).toBe('unknown');
  });
  test('closed, but paid before: refunded, never closed unpaid', () => {
    expect(query(verified(200, { ...paid, trade_state: 'CLOSED' }))).toMatchObject({
      kind: 'refunded',
      payment,
    });
    expect(query(verified(200, { ...unpaid, success_time: '?', trade_state: 'CLOSED' })).kind).toBe(
      'unknown',
    );
  });
  test.each(['transaction_id', 'success_time', 'amount'])('paid without %s is unknown', (field) => {
    expect(query(verified(200, { ...paid, [field]: undefined })).kind).toBe('unknown');
  });
  test.each(['mchid', 'appid', 'out_trade_no', 'trade_state'])('without %s is unknown', (field) => {
    expect(query(verified(200, { ...paid, [field]: undefined })).kind).toBe('unknown');
  });
  test.each([-1, 0, 0.5, '100'])('paid %j fen is unknown', (total) => {
    expect(query(verified(200, { ...paid, amount: { total, currency: 'CNY' } })).kind).toBe('unknown');
  });
  test.each([
    { mchid: '1900000002' },
    { appid: 'wxother' },
    { out_trade_no: 'AC2' },
    { amount: { total: 100, currency: 'USD' } },
  ])('%j is a mismatch', (other) => {
    expect(query(verified(200, { ...paid, ...other })).kind).toBe('mismatch');
    expect(query(verified(200, { ...unpaid, ...other })).kind).toBe('mismatch');
  });
  test('without a currency a payment is incomplete, and an unpaid order is unpaid', () => {
    expect(query(verified(200, { ...paid, amount: { total: 100 } })).kind).toBe('unknown');
    expect(query(verified(200, { ...unpaid, amount: { total: 100 } })).kind).toBe('unpaid');
  });
  test('the amount is returned, not judged', () => {
    const result = query(verified(200, { ...paid, amount: { total: 1, currency: 'CNY' } }));
    expect(result).toMatchObject({ kind: 'paid', payment: { amountFen: 1 } });
  });
});

describe('close', () => {
  test('only 204 is accepted', () => {
    expect(readClose(verified(204, ''))).toEqual({ kind: 'accepted', answer: '204' });
    expect(readClose(verified(200, '')).kind).toBe('unknown');
    expect(readClose(verified(202, {})).kind).toBe('unknown');
    expect(readClose(verified(202, { code: 'ORDER_NOT_EXIST' })).kind).toBe('unknown');
  });
  test('202 USER_PAYING: the customer is paying', () => {
    expect(readClose(verified(202, { code: 'USER_PAYING', message: '用户支付中' }))).toEqual({
      kind: 'user_paying',
      answer: '202 USER_PAYING',
    });
  });
});
