import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../src/channel/adapter/reply.ts';
import {
  closeRefusals,
  createRefusals,
  queryRefusals,
  tradeStatuses,
} from '../../../src/channel/built-in/alipay/answers/codes.ts';
import { readClose, readCreate, readQuery } from '../../../src/channel/built-in/alipay/answers/read-reply.ts';
import { refusal, rowsOf, verified } from '../support.ts';

const asked = { orderNo: 'AC1' };
const create = (reply: Reply) => readCreate(asked, 'qr_code', reply);
const query = (reply: Reply) => readQuery(asked, reply);
const close = (reply: Reply) => readClose(asked, reply);

const unpaid = {
  out_trade_no: 'AC1',
  trade_no: '2026010122001',
  trade_status: 'WAIT_BUYER_PAY',
  total_amount: '0.29',
  fund_bill_list: [],
};
const paid = {
  ...unpaid,
  trade_status: 'TRADE_SUCCESS',
  send_pay_date: '2026-01-01 10:00:00',
  fund_bill_list: [{ amount: '0.29', fund_channel: 'ALIPAYACCOUNT' }],
};
const payment = {
  orderNo: 'AC1',
  channelTradeNo: '2026010122001',
  amountFen: 29,
  paidAt: new Date('2026-01-01T02:00:00Z'),
};

describe('refusals', () => {
  test.each(rowsOf(createRefusals))('create %s: %s', (code, kind) => {
    expect(create(refusal(400, code)).kind).toBe(kind);
  });
  test.each(rowsOf(queryRefusals))('query %s: %s', (code, kind) => {
    expect(query(refusal(400, code)).kind).toBe(kind);
  });
  test.each(rowsOf(closeRefusals))('close %s: %s', (code, kind) => {
    expect(close(refusal(400, code)).kind).toBe(kind);
  });

  describe.each([
    ['create', create],
    ['query', query],
    ['close', close],
  ] as const)('%s', (_operation, read) => {
    test.each(['', 'ACQ.SOMETHING_NEW', 'constructor', '__proto__'])(
      'a code that is not listed (%j) is unknown',
      (code) => {
        expect(read(refusal(400, code)).kind).toBe('unknown');
      },
    );
    test('429 is too many requests, whatever the code', () => {
      expect(read(refusal(429, 'ACQ.TRADE_NOT_EXIST')).kind).toBe('rate_limited');
    });
    test('a server error is unknown, whatever the code', () => {
      expect(read(refusal(500, 'ACQ.TRADE_NOT_EXIST')).kind).toBe('unknown');
      expect(read(refusal(503, 'invalid-signature')).kind).toBe('unknown');
    });
    test('no answer is unknown', () => {
      expect(read({ kind: 'lost', why: '200 bad signature' })).toEqual({
        kind: 'unknown',
        answer: '200 bad signature',
      });
    });
    test.each([null, undefined, '', 'text', [], {}, { out_trade_no: 1 }])(
      'a verified 200 with %j is unknown',
      (data) => {
        expect(read(verified(200, data)).kind).toBe('unknown');
      },
    );
    test('Alipay’s message about a wrong signature is dropped: it contains the request', () => {
      expect(read(refusal(401, 'invalid-signature', '验签字符串为：app_id=1')).answer).toBe(
        '401 invalid-signature',
      );
    });
  });

  test('a business refusal keeps its message', () => {
    expect(close(refusal(400, 'ACQ.TRADE_NOT_EXIST', '交易不存在')).answer).toBe(
      '400 ACQ.TRADE_NOT_EXIST 交易不存在',
    );
    expect(create(refusal(400, 'ACQ.EXIST_FORBIDDEN_WORD', '包含违禁词'))).toMatchObject({
      kind: 'refused',
      message: '包含违禁词',
    });
  });
});

describe('create', () => {
  test('a code for this order is created', () => {
    expect(create(verified(200, { out_trade_no: 'AC1', qr_code: 'https://qr.alipay.com/x' }))).toEqual({
      kind: 'created',
      answer: '200',
      payBody: 'https://qr.alipay.com/x',
    });
  });
  test('a trade for this order is created', () => {
    const reply = verified(200, { out_trade_no: 'AC1', trade_no: '2026010122001' });
    expect(readCreate(asked, 'trade_no', reply)).toMatchObject({ payBody: '2026010122001' });
    expect(create(reply).kind).toBe('unknown');
  });
  test('a code for another order is not returned', () => {
    expect(create(verified(200, { out_trade_no: 'AC2', qr_code: 'https://qr.alipay.com/x' })).kind).toBe(
      'unknown',
    );
  });
});

describe('query', () => {
  test.each(Object.entries(tradeStatuses))('trade_status %s: %s', (trade_status, kind) => {
    const answer = `200 ${trade_status}`;
    const result = query(verified(200, { ...(kind === 'paid' ? paid : unpaid), trade_status }));
    expect(result).toEqual(kind === 'paid' ? { kind, answer, payment } : { kind, answer });
  });
  test.each(['', 'TRADE_PENDING', 'toString'])(
    'a status that is not listed (%j) is unknown',
    (trade_status) => {
      expect(query(verified(200, { ...paid, trade_status })).kind).toBe('unknown');
    },
  );
  test('TRADE_CLOSED after a payment: refunded, never closed unpaid', () => {
    const closed = { ...paid, trade_status: 'TRADE_CLOSED' };
    expect(query(verified(200, closed))).toMatchObject({ kind: 'refunded', payment });
    expect(query(verified(200, { ...closed, send_pay_date: undefined })).kind).toBe('unknown');
    expect(query(verified(200, { ...unpaid, trade_status: 'TRADE_CLOSED', refund_fee: '0.29' })).kind).toBe(
      'unknown',
    );
  });
  test.each(['trade_no', 'send_pay_date', 'total_amount', 'out_trade_no', 'trade_status'])(
    'paid without %s is unknown',
    (field) => {
      expect(query(verified(200, { ...paid, [field]: undefined })).kind).toBe('unknown');
    },
  );
  test.each(['', '0.290', '-1', 0.29])('paid %j yuan is unknown', (total_amount) => {
    expect(query(verified(200, { ...paid, total_amount })).kind).toBe('unknown');
  });
  test('another order number is a mismatch', () => {
    expect(query(verified(200, { ...paid, out_trade_no: 'AC2' })).kind).toBe('mismatch');
    expect(query(verified(200, { ...unpaid, out_trade_no: 'AC2' })).kind).toBe('mismatch');
  });
});

describe('close', () => {
  test('200 about this order is accepted', () => {
    expect(close(verified(200, { out_trade_no: 'AC1', trade_no: '1' }))).toEqual({
      kind: 'accepted',
      answer: '200',
    });
  });
  test('an answer about another order is unknown', () => {
    expect(close(verified(200, { out_trade_no: 'AC2' })).kind).toBe('unknown');
    expect(close(verified(202, { out_trade_no: 'AC1' })).kind).toBe('unknown');
  });
});
