import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { PaymentOrder } from '../../../src/order/order.ts';
import type { OrderStore } from '../../../src/order/store/store.ts';
import { createWorld, type World } from '../../support/world.ts';
import * as attempts from './attempts.ts';

/** Operations on different orders share statements and transactions; each still stands for itself. */
let world: World;
let store: OrderStore;
beforeAll(async () => {
  world = await createWorld();
  store = world.app.deps.store;
});
afterAll(() => world.end());

const COUNT = 40;
const create = () => Promise.all(Array.from({ length: COUNT }, () => world.create('wechat_pay')));

const lease = (order: PaymentOrder) => attempts.lease(store, order);
const leased = (order: PaymentOrder) => attempts.leased(store, order);
const { closing, closeRecord: record } = attempts;

test('forty orders are loaded, leased and ended at once, and each answer is about its own order', async () => {
  const orders = await create();
  const found = await Promise.all(orders.map(({ orderNo }) => store.find(orderNo)));
  expect(found.map((order) => order?.id)).toEqual(orders.map(({ id }) => id));
  const taken = await Promise.all(orders.map(leased));
  expect(taken.map(({ id, leaseToken }) => [id, leaseToken])).toEqual(
    await Promise.all(orders.map(async (order) => [order.id, (await world.reload(order)).leaseToken])),
  );
  expect(new Set(taken.map(({ leaseToken }) => leaseToken)).size).toBe(COUNT);

  const at = (index: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, index));
  const ended = await Promise.all(
    taken.map((order, index) => store.endAttempt(order, closing(at(index)), record(order, at(index)))),
  );
  for (const [index, order] of orders.entries()) {
    const row = await world.reload(order);
    expect(row).toMatchObject({ status: 'close', closedAt: at(index), leaseToken: null, closeAttempts: 1 });
    expect(ended[index]).toEqual(row);
    expect(await world.records(order)).toMatchObject([{ outcome: 'closed', createdAt: at(index) }]);
  }
});

test('of two attempts to take the lease of one order in the same moment, one gets it', async () => {
  const orders = await create();
  const taken = await Promise.all([...orders, ...orders].map(lease));
  for (const [index, order] of orders.entries()) {
    const both = [taken[index], taken[index + COUNT]];
    expect(both.filter((each) => each !== null)).toHaveLength(1);
    expect((await world.reload(order)).closeAttempts).toBe(1);
  }
});

test('an order that cannot be stored fails alone: the others of its batch end', async () => {
  const taken = await Promise.all((await create()).map(leased));
  const bad = 17;
  const ends = await Promise.allSettled(
    taken.map((order, index) => {
      const now = new Date();
      // Longer than its column.
      const set = index === bad ? { ...closing(now), errorMsg: 'x'.repeat(301) } : closing(now);
      return store.endAttempt(order, set, record(order, now));
    }),
  );
  expect(ends.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([bad]);
  for (const [index, order] of taken.entries()) {
    expect((await world.reload(order)).status).toBe(index === bad ? 'progress' : 'close');
    expect(await world.records(order)).toHaveLength(index === bad ? 0 : 1);
  }
});

test('an order whose lease was lost is overtaken alone: the others of its batch end', async () => {
  const taken = await Promise.all((await create()).map(leased));
  const lost = 3;
  await world.edit(taken[lost] as PaymentOrder, { leaseToken: randomUUID() });
  const now = new Date();
  const ends = await Promise.all(
    taken.map((order) => store.endAttempt(order, closing(now), record(order, now))),
  );
  expect(ends.flatMap((end, index) => (end === null ? [index] : []))).toEqual([lost]);
  const [overtaken] = await world.records(taken[lost] as PaymentOrder);
  expect(overtaken).toMatchObject({ outcome: 'overtaken', statusAfter: 'progress' });
});

test('a locked row delays no other order of its batch', async () => {
  const taken = await Promise.all((await create()).map(leased));
  const locked = taken[0] as PaymentOrder;
  const now = new Date();
  const ends: string[] = [];
  let finishing: Promise<unknown> = Promise.resolve();
  const other = await new DataSource({ type: 'mysql', url: world.env.DATABASE_URL ?? '' }).initialize();
  onTestFinished(() => other.destroy());
  await other.transaction(async (manager) => {
    await manager.query('SELECT 1 FROM payment_order WHERE id = ? FOR UPDATE', [locked.id]);
    const ending = taken.map((order) =>
      store.endAttempt(order, closing(now), record(order, now)).then(() => ends.push(order.id)),
    );
    finishing = ending[0] as Promise<unknown>;
    await Promise.all(ending.slice(1));
    expect(ends).toHaveLength(COUNT - 1);
  });
  await finishing;
  expect((await world.reload(locked)).status).toBe('close');
});
