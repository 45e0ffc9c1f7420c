import { expect, test } from 'vitest';
import type { Channel, QueryResult } from '../../src/channel/channel.ts';
import { containChannel } from '../../src/channel/contain.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { anOrder, anybody, aRefund } from './support.ts';

const order = anOrder();

/** A custom channel as a third party may write it: a class with private state. */
class Adapter implements Channel {
  readonly name = 'own_class';
  readonly account = 'a';
  readonly methods = ['qrcode'] as const;
  readonly notifiesForMs = 1;
  readonly refundWindowMs = 1;
  readonly refundedIsInFull = true;
  readonly replies = {
    accepted: { status: 200, contentType: 'text/plain', body: 'ok' },
    failed: { status: 500, contentType: 'text/plain', body: 'no' },
  };
  readonly #answer: () => Promise<QueryResult>;
  constructor(answer: () => Promise<QueryResult>) {
    this.#answer = answer;
  }
  create(): never {
    throw new TypeError('create');
  }
  query() {
    return this.#answer();
  }
  close(): never {
    throw new Error('close');
  }
  cancel(): never {
    throw new Error('cancel');
  }
  refund(): never {
    throw new Error('refund');
  }
  queryRefund(): never {
    throw new Error('queryRefund');
  }
  voidsPayments = () => false;
  reversibleFrom = () => null;
  unpayableFrom = () => new Date(0);
  showsUntouched = () => true;
  closesSoftly = () => false;
  parseNotification(): never {
    throw new Error('parseNotification');
  }
}

const log = createLogger('silent');
const contained = (answer: () => Promise<QueryResult>, limitMs = 10_000) =>
  containChannel(new Adapter(answer), { log, limitMs });
const payment = { channelTradeNo: 't', amountFen: 1234, paidAt: new Date() };

test('an error thrown by an adapter is unknown', async () => {
  const channel = contained(() => Promise.reject(new Error('query')));
  const refund = aRefund(order);
  const results = [
    channel.create(order, anybody),
    channel.query(order),
    channel.close(order),
    channel.cancel(order, refund),
    channel.refund(order, refund),
    channel.queryRefund(order, refund),
  ];
  for (const result of await Promise.all(results)) expect(result).toMatchObject({ kind: 'unknown' });
  expect(channel.parseNotification({ headers: {}, body: Buffer.alloc(0) })).toMatchObject({
    kind: 'rejected',
  });
});

test('a call that does not end is unknown', async () => {
  const channel = contained(() => new Promise(() => {}), 10);
  expect(await channel.query(order)).toMatchObject({ kind: 'unknown' });
});

test('a payment of another order is a mismatch', async () => {
  const other = { orderNo: `${order.orderNo}0`, ...payment };
  const channel = contained(async () => ({ kind: 'paid', answer: 'PAID', payment: other }));
  expect(await channel.query(order)).toMatchObject({ kind: 'unknown' });
});

test('an answer about the order is unchanged, but truncated to fit a close record', async () => {
  const own = { orderNo: order.orderNo, ...payment };
  const channel = contained(async () => ({ kind: 'paid', answer: 'x'.repeat(1_000), payment: own }));
  expect(await channel.query(order)).toEqual({ kind: 'paid', answer: 'x'.repeat(200), payment: own });
});

/** Values that no compiler has checked. */
const untyped = (result: object) => contained(async () => result as QueryResult).query(order);

test.each([
  { kind: 'gone', answer: '' },
  { kind: 'accepted', answer: '' },
  { kind: 'paid', answer: '' },
  { kind: 'refunded', answer: '', payment: { orderNo: order.orderNo } },
  { kind: 'paid', answer: '', payment: { orderNo: order.orderNo, ...payment, amountFen: '1234' } },
  { kind: 'paid', answer: '', payment: { orderNo: order.orderNo, ...payment, paidAt: new Date('no') } },
  { kind: 'closed' },
])('a result that a query cannot have is unknown: %o', async (result) => {
  expect(await untyped(result)).toMatchObject({ kind: 'unknown' });
});

test('an adapter whose traits throw or are invalid closes no order', () => {
  const throws = () => {
    throw new Error('not now');
  };
  for (const broken of [throws, () => new Date('no'), () => undefined]) {
    const said = Object.assign(new Adapter(throws), {
      voidsPayments: broken,
      reversibleFrom: broken,
      unpayableFrom: broken,
      showsUntouched: broken,
      closesSoftly: broken,
    }) as unknown as Channel;
    const clock = { now: () => new Date(0) };
    const channel = containChannel(said, { log, clock });
    expect(channel.unpayableFrom(order).getTime()).toBeGreaterThan(0);
    expect(channel.reversibleFrom(order)?.getTime()).toBeGreaterThan(0);
    expect(channel.showsUntouched(order)).toBe(true);
    expect(channel.closesSoftly(order)).toBe(false);
    expect(channel.voidsPayments(order)).toBe(false);
  }
});

test('an error thrown by an adapter is logged without its request', async () => {
  const fields: unknown[] = [];
  const noted = { ...log, warn: (said: object) => void fields.push(said) };
  const axiosLike = Object.assign(new Error('status 401'), {
    config: { headers: { Authorization: 'Bearer secret' }, data: 'openId=secret' },
  });
  await containChannel(new Adapter(() => Promise.reject(axiosLike)), { log: noted }).query(order);
  expect(fields).toMatchObject([{ err: { message: 'status 401' } }]);
  expect(JSON.stringify(fields)).not.toContain('secret');
});
