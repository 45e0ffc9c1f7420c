import { describe, expect, test } from 'vitest';
import type { ChannelPayment, CloseResult, QueryResult } from '../../../src/channel/channel.ts';
import type { Evidence } from '../../../src/order/attempt/ask-channel.ts';
import { decideClose } from '../../../src/order/close/decide-close.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';

const expiresAt = new Date('2026-01-01T00:15:00Z');
const unpayableFrom = new Date('2026-01-01T00:16:00Z');
const before = new Date('2026-01-01T00:15:30Z');
const after = new Date('2026-01-01T00:16:00Z');

const order = {
  orderNo: 'AC1',
  bizOrderNo: 'B1',
  method: 'qrcode',
  title: 't',
  amountFen: 100,
  expiresAt,
  createAttemptedAt: new Date('2026-01-01T00:00:00Z'),
  clientIp: null,
  payBody: null,
} as PaymentOrder;
const payment: ChannelPayment = { orderNo: 'AC1', channelTradeNo: 'T1', amountFen: 100, paidAt: expiresAt };

/** A channel whose unknown numbers were never created, like WeChat's. */
const strict = {
  showsUntouched: () => true,
  closesSoftly: () => false,
  unpayableFrom: () => unpayableFrom,
  refundedIsInFull: false,
};
/** A channel whose unknown numbers may just be unscanned, like Alipay's. */
const soft = {
  showsUntouched: () => false,
  closesSoftly: () => true,
  unpayableFrom: () => unpayableFrom,
  refundedIsInFull: true,
};
/** A channel without a close, whose unknown numbers may just be unscanned, like UnionPay's. */
const closeless = {
  showsUntouched: () => false,
  closesSoftly: () => false,
  unpayableFrom: () => unpayableFrom,
  refundedIsInFull: false,
};

const query = (kind: QueryResult['kind'], amountFen = 100): QueryResult =>
  kind === 'paid' || kind === 'refunded'
    ? { kind, answer: kind, payment: { ...payment, amountFen } }
    : { kind, answer: kind };
const close = (kind: CloseResult['kind']): CloseResult => ({ kind, answer: kind });
const decide = (evidence: Partial<Evidence>, now = before, channel = strict) =>
  decideClose(channel, order, { queryBefore: null, close: null, queryAfter: null, ...evidence }, now);

const closeKinds: CloseResult['kind'][] = [
  'accepted',
  'already_closed',
  'conflict',
  'user_paying',
  'not_found',
  'unsupported',
  'unknown',
  'rate_limited',
  'misconfigured',
];

describe('an order is closed only by the channel’s verified answer', () => {
  test.each(closeKinds)('whatever the close said (%s), a query that says closed closes it', (kind) => {
    expect(decide({ close: close(kind), queryAfter: query('closed') })).toEqual({
      kind: 'close',
      watchUntil: null,
    });
  });

  test.each(closeKinds)('whatever the close said (%s), a query that says paid makes it paid', (kind) => {
    expect(decide({ close: close(kind), queryAfter: query('paid') })).toEqual({
      kind: 'paid',
      payment,
    });
  });

  test.each(closeKinds)('no close answer (%s) closes it without a query', (kind) => {
    expect(decide({ close: close(kind) }).kind).toBe('retry');
  });

  test.each(closeKinds)(
    'after any close answer (%s), a query that still says unpaid leaves it open',
    (kind) => {
      expect(decide({ close: close(kind), queryAfter: query('unpaid') }).kind).toBe('retry');
    },
  );

  test('a refund, even in part, means that it was paid', () => {
    expect(decide({ close: close('conflict'), queryAfter: query('refunded') })).toEqual({
      kind: 'paid',
      payment: { ...payment, returned: 'unknown' },
    });
    expect(decide({ close: close('conflict'), queryAfter: query('refunded') }, before, soft)).toEqual({
      kind: 'paid',
      payment: { ...payment, returned: 'in_full' },
    });
  });

  test('no call decides nothing', () => {
    expect(decide({})).toMatchObject({ kind: 'retry', reason: 'unreachable' });
  });
});

describe('each uncertainty has its own reason', () => {
  test.each([
    ['accepted', 'not_confirmed'],
    ['already_closed', 'not_confirmed'],
    ['conflict', 'not_confirmed'],
    ['not_found', 'not_confirmed'],
    ['user_paying', 'user_paying'],
    ['rate_limited', 'rate_limited'],
    ['unknown', 'unreachable'],
    ['misconfigured', 'misconfigured'],
  ] as const)('unpaid after %s is %s', (kind, reason) => {
    expect(decide({ close: close(kind), queryAfter: query('unpaid') })).toMatchObject({ reason });
  });

  test.each([
    ['user_paying', 'user_paying'],
    ['rate_limited', 'rate_limited'],
    ['misconfigured', 'misconfigured'],
    ['mismatch', 'mismatch'],
    ['unknown', 'unreachable'],
  ] as const)('a query that says %s is %s, before and after a close', (kind, reason) => {
    expect(decide({ queryBefore: query(kind) })).toMatchObject({ kind: 'retry', reason });
    expect(decide({ close: close('accepted'), queryAfter: query(kind) })).toMatchObject({
      kind: 'retry',
      reason,
    });
  });

  test('a close refused because of our configuration is not followed by a query', () => {
    expect(decide({ close: close('misconfigured') })).toMatchObject({ reason: 'misconfigured' });
  });

  test('another amount than the order’s waits for a person, paid or refunded', () => {
    for (const kind of ['paid', 'refunded'] as const) {
      expect(decide({ close: close('conflict'), queryAfter: query(kind, 99) })).toMatchObject({
        reason: 'mismatch',
      });
    }
  });
});

describe('a number the channel does not know', () => {
  const unknown = { close: close('accepted'), queryAfter: query('not_found') };
  const confirmed = { ...order, payBody: 'weixin://' };
  const decideFor = (of: PaymentOrder, evidence: Partial<Evidence>, now: Date, channel: typeof soft) =>
    decideClose(channel, of, { queryBefore: null, close: null, queryAfter: null, ...evidence }, now);

  test('and whose creation was never confirmed may still appear: it waits until it cannot be paid', () => {
    expect(decide(unknown)).toEqual({ kind: 'retry', reason: 'too_early', notBefore: unpayableFrom });
    expect(decide(unknown, after)).toEqual({ kind: 'close', watchUntil: null });
  });

  test('although its creation was confirmed, is a contradiction that needs a person, at any time', () => {
    for (const now of [before, after]) {
      expect(decideFor(confirmed, unknown, now, strict)).toMatchObject({
        kind: 'retry',
        reason: 'not_confirmed',
      });
    }
  });

  test('closes softly, watched until it can no longer be paid, where codes live unscanned', () => {
    for (const of of [order, confirmed]) {
      const untouched = { close: close('not_found'), queryAfter: query('not_found') };
      expect(decideFor(of, untouched, before, soft)).toEqual({ kind: 'close', watchUntil: unpayableFrom });
      expect(decideFor(of, untouched, after, soft)).toEqual({ kind: 'close', watchUntil: null });
    }
  });

  test.each(['already_closed', 'conflict', 'user_paying', 'rate_limited'] as const)(
    'but whose close was answered %s is a contradiction: nothing is closed, however late it is',
    (kind) => {
      for (const channel of [strict, soft]) {
        for (const now of [before, after]) {
          expect(
            decideFor(order, { close: close(kind), queryAfter: query('not_found') }, now, channel),
          ).toMatchObject({
            kind: 'retry',
            reason: 'not_confirmed',
          });
        }
      }
    },
  );
});

test.each([soft, closeless])(
  "a shop's own order is not closed as unknown where its second of creation counts too",
  (traits) => {
    const tracked = { ...order, bizOrderNo: order.orderNo, payBody: '' };
    const channel = { ...traits, knowsByCreatedAt: true };
    const evidence = { queryBefore: null, close: close('unsupported'), queryAfter: query('not_found') };
    const early = { kind: 'retry', reason: 'too_early', notBefore: unpayableFrom };
    expect(decideClose(channel, tracked, evidence, before)).toEqual(early);
    expect(decideClose(channel, tracked, evidence, after)).toMatchObject({ reason: 'not_confirmed' });
    expect(decideClose(channel, order, evidence, after)).toEqual({ kind: 'close', watchUntil: null });
  },
);

describe('a channel without a close', () => {
  const decideAt = (now: Date, kind: QueryResult['kind'], of = order) =>
    decideClose(
      closeless,
      of,
      { queryBefore: null, close: close('unsupported'), queryAfter: query(kind) },
      now,
    );
  const confirmed = { ...order, payBody: 'https://qr.95516.com/' };

  test.each(['unpaid', 'not_found'] as const)(
    'is waited for while it says %s, until the time is over',
    (kind) => {
      for (const of of [order, confirmed]) {
        expect(decideAt(before, kind, of)).toEqual({
          kind: 'retry',
          reason: 'too_early',
          notBefore: unpayableFrom,
        });
      }
    },
  );

  test('ends an unknown number when the time is over, also one whose creation was confirmed', () => {
    for (const of of [order, confirmed]) {
      expect(decideAt(after, 'not_found', of)).toEqual({ kind: 'close', watchUntil: null });
    }
  });

  test('never ends an order by "unpaid", at any time: only by "closed"', () => {
    expect(decideAt(after, 'unpaid')).toEqual({ kind: 'retry', reason: 'not_confirmed', notBefore: null });
    expect(decideAt(after, 'closed')).toEqual({ kind: 'close', watchUntil: null });
  });

  test.each(['user_paying', 'unknown', 'rate_limited', 'misconfigured', 'mismatch'] as const)(
    'is never taken for closed when it says %s, however late it is',
    (kind) => {
      expect(decideAt(after, kind).kind).toBe('retry');
    },
  );

  test('paid at the last moment is paid', () => {
    for (const now of [before, after]) expect(decideAt(now, 'paid')).toEqual({ kind: 'paid', payment });
  });

  test('decides by the one query, where the creation was never confirmed', () => {
    const evidence = { queryBefore: query('not_found'), close: close('unsupported'), queryAfter: null };
    expect(decideClose(closeless, order, evidence, before)).toMatchObject({ reason: 'too_early' });
    expect(decideClose(closeless, order, evidence, after)).toEqual({ kind: 'close', watchUntil: null });
  });
});

describe('“can no longer be paid” must hold by the channel’s own time', () => {
  const statedAt = before;
  const untouched: QueryResult = { ...query('not_found'), statedAt };
  const unpaid: QueryResult = { ...query('unpaid'), statedAt };
  /** By our clock its time is up; by the channel's, half a minute is left. */
  const halfAMinute = new Date(after.getTime() + 30_000);
  const wait = { kind: 'retry', reason: 'too_early', notBefore: halfAMinute };

  test('an order that the channel does not know stays open until its clock is past the margin', () => {
    expect(decide({ close: close('accepted'), queryAfter: untouched }, after)).toEqual(wait);
  });

  test('one that cannot be closed stays open until then', () => {
    const evidence = { close: close('unsupported'), queryAfter: unpaid };
    expect(decide(evidence, after, closeless)).toEqual(wait);
  });

  test('a soft close does not become final before then', () => {
    expect(decide({ close: close('not_found'), queryAfter: untouched }, after, soft)).toEqual({
      kind: 'close',
      watchUntil: unpayableFrom,
    });
  });

  test('a margin within a second is retried at the next whole one, the first that an answer can state', () => {
    const margin = new Date(after.getTime() + 143);
    const channel = { ...soft, closesSoftly: () => false, unpayableFrom: () => margin };
    const cutOff: QueryResult = { ...query('not_found'), statedAt: after };
    expect(decide({ close: close('accepted'), queryAfter: cutOff }, margin, channel)).toEqual({
      kind: 'retry',
      reason: 'too_early',
      notBefore: new Date(margin.getTime() + 1_000),
    });
  });

  test('a channel whose clock is ahead of ours ends nothing early', () => {
    const ahead = { ...query('not_found'), statedAt: new Date(after.getTime() + 3_600_000) };
    expect(decide({ close: close('accepted'), queryAfter: ahead })).toMatchObject({ reason: 'too_early' });
  });
});
