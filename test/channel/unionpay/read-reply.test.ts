import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../src/channel/adapter/reply.ts';
import {
  readCreate,
  readGiveBack,
  readQuery,
  readRefundQuery,
} from '../../../src/channel/built-in/unionpay/answers/read-reply.ts';
import { meaningless, refusal, verified } from '../support.ts';

const asked = { merId: '777290058110048', orderId: 'AC20260101', txnTime: '20260101100000' };
const payment = {
  queryId: '202601011005000000001',
  txnAmt: '1234',
  currencyCode: '156',
  traceTime: '0101100500',
};
const say = (respCode: string, more: object = {}): Reply =>
  verified(200, { ...asked, respCode, respMsg: '原因', ...more });
const orig = (origRespCode: string, more: object = {}) => say('00', { origRespCode, ...more });

const readers = {
  create: (reply: Reply) => readCreate(asked, reply),
  query: (reply: Reply) => readQuery(asked, true, reply),
  refund: (reply: Reply) => readGiveBack(asked, reply),
  refund_query: (reply: Reply) => readRefundQuery(asked, reply),
};

describe.each(Object.entries(readers))('%s', (_, read) => {
  test.each(Object.entries(meaningless))('%s: unknown', (_name, reply) => {
    expect(read(reply).kind).toBe('unknown');
  });
  test.each(['10', '11', '13', '31', '32'])('%s: misconfigured, with the reason', (code) => {
    expect(read(say(code))).toEqual({ kind: 'misconfigured', answer: `${code} 原因` });
  });
  test('too often: rate limited', () => {
    expect(read(say('37')).kind).toBe('rate_limited');
    expect(read(refusal(429, '')).kind).toBe('rate_limited');
  });
  test.each(['02', '06', '99', '', 'constructor'])('%j: unknown', (code) => {
    expect(read(say(code)).kind).toBe('unknown');
  });
  test.each(['merId', 'orderId', 'txnTime'])('about another %s: unknown', (name) => {
    for (const other of ['1', undefined]) {
      const kinds = [
        say('00', { origRespCode: '00', qrCode: 'x', ...payment, [name]: other }),
        say('34', { [name]: other }),
      ].map((reply) => read(reply).kind);
      expect(['unknown', 'mismatch']).toEqual(expect.arrayContaining(kinds));
    }
  });
});

describe('create', () => {
  test('00: created, with what the customer scans', () => {
    expect(readers.create(say('00', { qrCode: 'https://qr.95516.com/1' }))).toMatchObject({
      kind: 'created',
      payBody: 'https://qr.95516.com/1',
    });
    expect(readers.create(say('00')).kind).toBe('unknown');
  });
  test.each(['01', '12', '30', '33', '36', '38', '39', '60'])('%s: refused, with the reason', (code) => {
    expect(readers.create(say(code))).toMatchObject({ kind: 'refused', message: '原因' });
  });
  test.each(['03', '04', '05'])('%s: unknown', (code) => {
    expect(readers.create(say(code)).kind).toBe('unknown');
  });
});

describe('query', () => {
  test.each(['00', 'A6'])('orig %s: paid', (code) => {
    for (const isOver of [true, false]) {
      expect(readQuery(asked, isOver, orig(code, payment))).toEqual({
        kind: 'paid',
        answer: `00 orig ${code} 原因`,
        payment: {
          orderNo: asked.orderId,
          channelTradeNo: payment.queryId,
          amountFen: 1234,
          paidAt: new Date('2026-01-01T10:05:00+08:00'),
          orderCreatedAt: expect.any(Date),
        },
      });
    }
  });
  test.each(['03', '04', '05'])('orig %s: in doubt, before and after the payTimeout', (code) => {
    for (const isOver of [true, false]) expect(readQuery(asked, isOver, orig(code)).kind).toBe('user_paying');
  });
  test.each(['42', '74', '75'])('orig %s, money was taken: never unpaid or closed', (code) => {
    for (const isOver of [true, false]) expect(readQuery(asked, isOver, orig(code)).kind).toBe('unknown');
  });
  test.each(['39', '86', '01', '34', '99', 'constructor'])(
    'orig %s: unpaid before the payTimeout and its margin, closed after',
    (code) => {
      expect(readQuery(asked, false, orig(code)).kind).toBe('unpaid');
      expect(readQuery(asked, true, orig(code)).kind).toBe('closed');
    },
  );
  test('34: not found, before and after', () => {
    for (const isOver of [true, false]) expect(readQuery(asked, isOver, say('34')).kind).toBe('not_found');
  });
  test('a successful query without the order’s state: unknown', () => {
    expect(readers.query(say('00')).kind).toBe('unknown');
    expect(readers.query(say('00', { origRespCode: '' })).kind).toBe('unknown');
  });
  test.each([
    ['queryId', undefined],
    ['queryId', ''],
    ['txnAmt', '0'],
    ['txnAmt', '12.34'],
    ['txnAmt', '-1'],
    ['txnAmt', undefined],
    ['currencyCode', '840'],
  ])('a payment with %s %j is not one', (name, value) => {
    expect(readers.query(orig('00', { ...payment, [name]: value })).kind).toBe('unknown');
  });
});

describe('the time of payment', () => {
  const paidAt = (txnTime: string, traceTime: unknown) => {
    const result = readQuery({ ...asked, txnTime }, true, orig('00', { ...payment, txnTime, traceTime }));
    return result.kind === 'paid' ? result.payment.paidAt.toISOString() : result.kind;
  };
  test('is the trace time, in the year of the order or the next', () => {
    expect(paidAt('20260101100000', '0101100500')).toBe('2026-01-01T02:05:00.000Z');
    expect(paidAt('20251231235900', '0101000100')).toBe('2025-12-31T16:01:00.000Z');
    expect(paidAt('20260101000100', '1231235959')).toBe('2025-12-31T15:59:59.000Z');
  });
  test.each(['', undefined, '0230000000', 'now'])(
    'is the order’s time when the trace time is %j',
    (traceTime) => {
      expect(paidAt('20260101100000', traceTime)).toBe('2026-01-01T02:00:00.000Z');
    },
  );
});

describe('refund and void', () => {
  test.each([
    ['00', 'accepted'],
    ['03', 'accepted'],
    ['04', 'accepted'],
    ['05', 'accepted'],
    ['12', 'repeated'],
    ['35', 'refused'],
    ['36', 'refused'],
    ['01', 'refused'],
    ['64', 'not_enough'],
  ])('%s: %s', (code, kind) => {
    expect(readers.refund(say(code)).kind).toBe(kind);
  });
  test.each([
    ['00', 'refunded'],
    ['A6', 'refunded'],
    ['03', 'processing'],
    ['04', 'processing'],
    ['05', 'processing'],
    ['01', 'refused'],
    ['42', 'unknown'],
  ])('a query with orig %s: %s', (code, kind) => {
    expect(readers.refund_query(orig(code)).kind).toBe(kind);
  });
  test('a query with 34: not found', () => {
    expect(readers.refund_query(say('34')).kind).toBe('not_found');
  });
});
