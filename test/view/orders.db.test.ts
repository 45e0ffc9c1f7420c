import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ChannelName } from '../../src/channel/channel.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import type { OrdersFilter } from '../../src/view/orders/orders.ts';
import { type Cursor, readCursor } from '../../src/view/page.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const list = (filter: OrdersFilter, limit = 100, after: Cursor | null = null) =>
  world.app.orderAdmin.listOrders(filter, { limit, after });
const numbers = async (filter: OrdersFilter) => (await list(filter)).rows.map(({ orderNo }) => orderNo);
async function made(set: Partial<PaymentOrder> = {}, channel: ChannelName = 'ali_pay') {
  const order = await world.create(channel);
  return Object.keys(set).length === 0 ? order : world.edit(order, set);
}
/** A merchant's number that is no prefix of another. */
const aNumber = () => `M${randomUUID()}`;

describe('a search finds an order', () => {
  test('by the whole of any of its numbers', async () => {
    const order = await made({ channelTradeNo: `42000${randomUUID().slice(0, 8)}` });
    await made();
    for (const search of [order.orderNo, order.bizOrderNo, order.channelTradeNo ?? '', order.id]) {
      expect(await numbers({ search })).toEqual([order.orderNo]);
    }
  });

  test('by the beginning of ours, however it is written, and of the merchant’s; of no other', async () => {
    const order = await made({ bizOrderNo: aNumber(), channelTradeNo: aNumber() });
    const start = order.orderNo.slice(0, 24);
    expect(await numbers({ search: start })).toEqual([order.orderNo]);
    expect(await numbers({ search: start.toLowerCase() })).toEqual([order.orderNo]);
    expect(await numbers({ search: order.bizOrderNo.slice(0, 20) })).toEqual([order.orderNo]);
    expect(await numbers({ search: order.bizOrderNo.slice(0, 20).toLowerCase() })).toEqual([]);
    expect(await numbers({ search: (order.channelTradeNo ?? '').slice(0, 20) })).toEqual([]);
    expect(await numbers({ search: order.orderNo.slice(3) })).toEqual([]);
  });

  test.each(['%', '_', 'AC%', '\\', "' OR 1=1 -- ", '订单', '99999999999999999999'])(
    'and takes %s as it is written',
    async (search) => {
      expect(await numbers({ search })).toEqual([]);
      const order = await made({ bizOrderNo: `${search}${aNumber()}` });
      expect(await numbers({ search })).toEqual([order.orderNo]);
      await made({ bizOrderNo: aNumber() });
      expect(await numbers({ search })).toEqual([order.orderNo]);
    },
  );

  test('only among those that match the filters', async () => {
    const order = await made();
    expect(await numbers({ search: order.orderNo, status: 'progress', channel: 'ali_pay' })).toEqual([
      order.orderNo,
    ]);
    expect(await numbers({ search: order.orderNo, status: 'close' })).toEqual([]);
    expect(await numbers({ search: order.orderNo, channel: 'wechat_pay' })).toEqual([]);
    expect(await numbers({ search: order.orderNo, state: 'stuck' })).toEqual([]);
  });
});

test('filters select the right orders, alone and combined; newest first', async () => {
  await world.query('DELETE FROM payment_order');
  const past = new Date(Date.now() - 60_000);
  const orders = {
    open: await made(),
    expired: await made({ expiresAt: past }, 'wechat_pay'),
    stuck: await made({ expiresAt: past, stuckAt: past }),
    paid: await made({ status: 'success', nextCloseAt: null }),
    refundWork: await made({ status: 'success', ending: 'cancel', nextCloseAt: past }),
    refused: await made({ status: 'success', ending: 'cancel', nextCloseAt: null, stuckAt: past }),
    closed: await made({ status: 'close', closedAt: past }),
    watched: await made({ status: 'close', closedAt: past, watchUntil: past }, 'wechat_pay'),
    cancelled: await made({ status: 'cancel', closedAt: past }),
    late: await made({ status: 'close', closedAt: past, latePaidAt: past, nextCloseAt: null }),
    refunding: await made({ status: 'refunding', latePaidAt: past }),
    refunded: await made({ status: 'refunded', latePaidAt: past }),
  };
  type Name = keyof typeof orders;
  const names = (Object.keys(orders) as Name[]).reverse();
  const nameOf = new Map(names.map((name) => [orders[name].orderNo, name]));
  const meant = async (filter: OrdersFilter) =>
    (await numbers(filter)).map((orderNo) => nameOf.get(orderNo) ?? orderNo);

  expect(await meant({})).toEqual(names);
  expect(await meant({ status: 'progress' })).toEqual(['stuck', 'expired', 'open']);
  expect(await meant({ status: 'success' })).toEqual(['refused', 'paid']);
  expect(await meant({ status: 'refunding' })).toEqual(['refunding', 'refundWork']);
  expect(await meant({ status: 'close' })).toEqual(['late', 'watched', 'closed']);
  expect(await meant({ status: 'cancel' })).toEqual(['cancelled']);
  expect(await meant({ status: 'refunded' })).toEqual(['refunded']);
  expect(await meant({ state: 'open' })).toEqual(['stuck', 'expired', 'open']);
  expect(await meant({ state: 'expired' })).toEqual(['stuck', 'expired']);
  expect(await meant({ state: 'stuck' })).toEqual(['refused', 'stuck']);
  expect(await meant({ state: 'watched' })).toEqual(['watched']);
  expect(await meant({ state: 'late' })).toEqual(['refunded', 'refunding', 'late']);
  expect(await meant({ channel: 'wechat_pay' })).toEqual(['watched', 'expired']);
  expect(await meant({ channel: 'wechat_pay', status: 'close' })).toEqual(['watched']);
  expect(await meant({ channel: 'ali_pay', state: 'expired' })).toEqual(['stuck']);
  expect(await meant({ channel: 'ali_pay', status: 'refunding' })).toEqual(['refunding', 'refundWork']);
  expect(await meant({ channel: 'wechat_pay', status: 'refunding' })).toEqual([]);
  expect(await meant({ state: 'stuck', status: 'success' })).toEqual(['refused']);
  expect(await meant({ state: 'late', status: 'close' })).toEqual(['late']);
  expect(await meant({ state: 'open', status: 'close' })).toEqual([]);
  expect(await meant({ channel: 'union_pay' })).toEqual([]);

  const at = orders.refundWork.createdAt;
  const later = names.filter((name) => orders[name].createdAt >= at);
  expect(await meant({ createdFrom: at })).toEqual(later);
  expect(await meant({ createdTo: at })).toEqual(names.filter((name) => !later.includes(name)));
  expect((await list({ status: 'refunding' })).rows.map(({ status }) => status)).toEqual([
    'refunding',
    'refunding',
  ]);
});

test('an order counts as expired after the grace period', async () => {
  await world.query('DELETE FROM payment_order');
  const lateApp = await world.openApp({ CLOSE_GRACE_MS: '60000' });
  const page = { limit: 10, after: null };
  const expired = async () =>
    (await lateApp.orderAdmin.listOrders({ state: 'expired' }, page)).rows.map(({ orderNo }) => orderNo);
  await world.expire(await made());
  expect(await expired()).toEqual([]);
  const late = await world.expire(await made(), 70_000);
  expect(await expired()).toEqual([late.orderNo]);
});

test('pages have neither gaps nor duplicates while orders arrive, with any filter', async () => {
  await world.query('DELETE FROM payment_order');
  const createdAt = Date.now() - 3_600_000;
  const one = (index: number, at: number) =>
    made(
      { bizOrderNo: `PAGE-${index}-${randomUUID()}`, createdAt: new Date(at), stuckAt: new Date(at) },
      index % 2 === 0 ? 'ali_pay' : 'wechat_pay',
    );
  const there: string[] = [];
  // Several in one millisecond, of several channels.
  for (let index = 0; index < 7; index += 1) {
    there.unshift((await one(index, createdAt + Math.floor(index / 3))).orderNo);
  }
  const filters: OrdersFilter[] = [{}, { status: 'progress' }, { state: 'stuck' }, { search: 'PAGE-' }];
  for (const filter of filters) {
    const first = await list(filter, 3);
    const arrived = await one(9, Date.now());
    const seen = first.rows.map(({ orderNo }) => orderNo);
    for (let { next } = first; next !== null; ) {
      const page = await list(filter, 3, readCursor(next));
      expect(page.rows.length).toBeGreaterThan(0);
      seen.push(...page.rows.map(({ orderNo }) => orderNo));
      next = page.next;
    }
    expect(seen).toEqual(there);
    there.unshift(arrived.orderNo);
  }
});

test('no row of a list contains anything to pay with', async () => {
  const { orderNo } = await made();
  const [row] = (await list({ search: orderNo })).rows;
  expect(row).not.toHaveProperty('payBody');
  expect(row).not.toHaveProperty('leaseToken');
});
