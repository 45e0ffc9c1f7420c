import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../../src/order/order.ts';
import type { OrderStore } from '../../../src/order/store/store.ts';
import { createWorld, type World } from '../../support/world.ts';
import * as attempts from './attempts.ts';

let world: World;
let store: OrderStore;
beforeAll(async () => {
  world = await createWorld();
  store = world.app.deps.store;
});
afterAll(() => world.end());

const lease = (order: PaymentOrder, untilMs?: number) => attempts.lease(store, order, untilMs);
const leased = (order: PaymentOrder) => attempts.leased(store, order);
const record = attempts.closeRecord;
const closing = attempts.closing(new Date(0));
const payment = { channelTradeNo: 'T1', paidAt: new Date(0) };
const notified = (order: PaymentOrder, eventId: string) => ({
  notification: {
    channel: order.channel,
    eventId,
    orderNo: order.orderNo,
    body: '{}',
    receivedAt: new Date(),
  },
});

describe('the lease', () => {
  test('is taken by one of many concurrent callers, and counts the attempt', async () => {
    const order = await world.create('wechat_pay');
    const taken = await Promise.all(Array.from({ length: 20 }, () => lease(order)));
    expect(taken.filter((one) => one !== null)).toHaveLength(1);
    expect((await world.reload(order)).closeAttempts).toBe(1);
  });

  test('of a dead holder can be taken when it has expired', async () => {
    const order = await world.create('wechat_pay');
    expect(await lease(order, 20_000)).not.toBeNull();
    expect(await lease(order)).toBeNull();
    await world.edit(order, { leaseUntil: new Date(Date.now() - 1) });
    expect(await lease(order)).not.toBeNull();
  });

  test('lost to another, it changes nothing: only the record is written', async () => {
    const order = await world.create('wechat_pay');
    const first = await leased(order);
    await world.edit(order, { leaseUntil: new Date(0) });
    const second = await leased(order);
    expect(await store.endAttempt(first, closing, record(order))).toBeNull();
    expect((await world.reload(order)).status).toBe('progress');
    expect(await store.endAttempt(second, closing, record(order))).toMatchObject({ status: 'close' });
    expect((await world.records(order)).map(({ outcome, statusAfter }) => [outcome, statusAfter])).toEqual([
      ['overtaken', 'progress'],
      ['closed', 'close'],
    ]);
  });
});

describe('close against payment', () => {
  test('in 200 races exactly one wins, and every record shows what happened', async () => {
    for (let round = 0; round < 200; round += 1) {
      const order = await world.create('wechat_pay');
      const holder = await leased(order);
      const [closed, paid] = await Promise.all([
        store.endAttempt(holder, closing, record(order)),
        store.recordPayment(order, payment, notified(order, order.orderNo), {
          now: new Date(),
          lateStatus: 'close',
        }),
      ]);
      const { status, latePaidAt, channelTradeNo } = await world.reload(order);
      expect(channelTradeNo).toBe('T1');
      const [kept] = await world.records(order);
      if (closed) {
        expect([paid, status, kept?.outcome]).toEqual(['late', 'close', 'closed']);
        expect(latePaidAt).toBeInstanceOf(Date);
      } else {
        expect([paid, status, kept?.outcome, kept?.statusAfter]).toEqual([
          'recorded',
          'success',
          'overtaken',
          'success',
        ]);
      }
    }
  });

  test('the same payment recorded by many at once is recorded once', async () => {
    const order = await world.create('wechat_pay');
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        store.recordPayment(order, payment, notified(order, `same-${index % 2}`), {
          now: new Date(),
          lateStatus: 'close',
        }),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'recorded')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'repeated')).toHaveLength(9);
    const kept = (await world.notifications()).filter(({ orderNo }) => orderNo === order.orderNo);
    expect(kept.map(({ eventId }) => eventId).toSorted()).toEqual(['same-0', 'same-1']);
  });
});

describe('what is stored', () => {
  test('is read back unchanged: milliseconds, Chinese, emoji, the largest amount', async () => {
    const order = await world.create('wechat_pay', {
      title: '咖啡☕️',
      attach: '{"a":"\\"😀"}',
      amountFen: 10_000_000_000,
    });
    const at = new Date('2026-02-28T23:59:59.987Z');
    const edited = await world.edit(order, { paidAt: at });
    expect(edited).toMatchObject({
      title: '咖啡☕️',
      attach: '{"a":"\\"😀"}',
      amountFen: 10_000_000_000,
      paidAt: at,
    });
  });

  test('merchant numbers that differ in case or accent are different orders', async () => {
    const orders = await Promise.all(
      ['case-A', 'case-a', 'case-á'].map((bizOrderNo) => world.create('wechat_pay', { bizOrderNo })),
    );
    expect(new Set(orders.map(({ id }) => id)).size).toBe(3);
  });

  test('an order is found by our number, its id and the merchant’s number; ours takes precedence', async () => {
    const [one, two] = [await world.create('wechat_pay'), await world.create('wechat_pay')];
    const find = (orderNo: string | null, bizOrderNo: string | null) =>
      store.findByNumbers({ orderNo, bizOrderNo }).then((order) => order?.id);
    expect(await find(one.orderNo, two.bizOrderNo)).toBe(one.id);
    expect(await find(one.id, null)).toBe(one.id);
    expect(await find(null, two.bizOrderNo)).toBe(two.id);
    expect(await find('99999999999999999999999', null)).toBeUndefined();
    expect(await find(null, null)).toBeUndefined();
  });
});

test('deadlines use the database’s clock', async () => {
  const { clock } = world.app.deps;
  const before = clock.now().getTime();
  const [row] = (await world.query('SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS ms')) as { ms: string }[];
  // Never ahead of the database's, and only as far behind as its last sample took.
  expect(Number(row?.ms)).toBeGreaterThanOrEqual(before);
  expect(Number(row?.ms)).toBeLessThan(clock.now().getTime() + 1_000);
});

test('a number finds only an exact match: no trailing spaces, no other case', async () => {
  const order = await world.edit(await world.create('wechat_pay'), { channelTradeNo: 'TradeNo1' });
  for (const suffix of [' ', '  ', '\t', '\u3000']) {
    expect(await store.find(order.orderNo + suffix)).toBeNull();
    expect(await store.findByBizOrderNo(order.bizOrderNo + suffix)).toBeNull();
    expect(await store.listByChannelTradeNo(`TradeNo1${suffix}`)).toEqual([]);
  }
  expect(await store.findByBizOrderNo(order.bizOrderNo.toUpperCase())).toBeNull();
  expect(await store.listByChannelTradeNo('tradeno1')).toEqual([]);
  expect(await store.listByChannelTradeNo('TradeNo1')).toMatchObject([{ id: order.id }]);
  expect(await store.find(order.orderNo)).toMatchObject({ id: order.id });
});
