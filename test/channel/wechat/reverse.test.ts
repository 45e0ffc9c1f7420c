import { describe, expect, test } from 'vitest';
import type { Reply } from '../../../src/channel/adapter/reply.ts';
import { reverseRefusals } from '../../../src/channel/built-in/wechat/answers/codes.ts';
import { readCancel, readReverse } from '../../../src/channel/built-in/wechat/reverse.ts';
import type { QueryResult } from '../../../src/channel/channel.ts';
import { meaningless, refusal, verified } from '../support.ts';

const reverse = (reply: Reply) => readReverse({ orderNo: 'AC1' }, reply);

describe('the answer to a reversal', () => {
  test.each(Object.entries(reverseRefusals))('%s: %s', (code, kind) => {
    expect(reverse(refusal(404, code))).toEqual({ kind, answer: `404 ${code} why` });
  });
  test.each(Object.entries(meaningless))('%s: unknown', (_, reply) => {
    expect(reverse(reply).kind).toBe('unknown');
  });
  test('200 about this order: accepted', () => {
    const answer = { appid: 'wx0123456789abcdef', mchid: '1900000001', out_trade_no: 'AC1' };
    expect(reverse(verified(200, answer))).toEqual({ kind: 'accepted', answer: '200' });
    expect(reverse(verified(200, { ...answer, out_trade_no: 'AC2' })).kind).toBe('unknown');
    expect(reverse(verified(202, answer)).kind).toBe('unknown');
  });
  test('202 with a code in it is a refusal', () => {
    expect(reverse(verified(202, { code: 'USERPAYING' })).kind).toBe('user_paying');
  });
  test('429 is too many requests', () => {
    expect(reverse(refusal(429, 'NOT_ENOUGH')).kind).toBe('rate_limited');
  });
  test('ORDER_NOT_EXIST with 400 instead of 404 is unknown', () => {
    expect(reverse(refusal(400, 'ORDER_NOT_EXIST')).kind).toBe('unknown');
  });
});

describe('what a reversal did', () => {
  const payment = { orderNo: 'AC1', channelTradeNo: '42', amountFen: 100, paidAt: new Date(0) };
  const answer = '200';
  const queries: Record<QueryResult['kind'], QueryResult> = {
    paid: { kind: 'paid', answer, payment },
    refunded: { kind: 'refunded', answer, payment },
    unpaid: { kind: 'unpaid', answer },
    user_paying: { kind: 'user_paying', answer },
    closed: { kind: 'closed', answer },
    not_found: { kind: 'not_found', answer },
    mismatch: { kind: 'mismatch', answer },
    unknown: { kind: 'unknown', answer },
    rate_limited: { kind: 'rate_limited', answer },
    misconfigured: { kind: 'misconfigured', answer },
  };

  test.each([
    ['accepted', 'closed', 'closed'],
    ['accepted', 'refunded', 'refunded'],
    ['accepted', 'paid', 'again'],
    ['accepted', 'unpaid', 'again'],
    ['accepted', 'user_paying', 'user_paying'],
    ['accepted', 'not_found', 'not_found'],
    ['accepted', 'mismatch', 'unknown'],
    ['accepted', 'unknown', 'unknown'],
    ['accepted', 'rate_limited', 'rate_limited'],
    ['accepted', 'misconfigured', 'misconfigured'],
    ['unknown', 'closed', 'closed'],
    ['unknown', 'refunded', 'again'],
    ['unknown', 'paid', 'unknown'],
    ['unknown', 'unpaid', 'unknown'],
    ['unknown', 'user_paying', 'user_paying'],
    ['unknown', 'not_found', 'not_found'],
    ['unknown', 'mismatch', 'unknown'],
    ['unknown', 'unknown', 'unknown'],
  ] as const)('reversal %s, then %s: %s', (reversed, query, kind) => {
    expect(readCancel({ kind: reversed, answer: 'reversed' }, queries[query])).toEqual({
      kind,
      answer: 'reversed; 200',
    });
  });
});
