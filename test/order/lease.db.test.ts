import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeLease } from '../../src/order/attempt/lease.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { LEASE_MS } from '../../src/order/store/lease-keeper.ts';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const now = () => world.app.deps.clock.now();
async function leased(): Promise<PaymentOrder> {
  const order = await takeLease(world.app.deps, await world.create('wechat_pay'));
  if (order === null) throw new Error('the lease was not free');
  return order;
}
/** Sets the lease's expiry, in the row and in its holder. */
async function endsIn(order: PaymentOrder, ms: number): Promise<PaymentOrder> {
  const edited = await world.edit(order, { leaseUntil: new Date(now().getTime() + ms) });
  world.app.deps.leases.keep(edited);
  return edited;
}
/** Holds the order's row, as a person's transaction would, for as long as `work` takes. */
async function locking(order: PaymentOrder, work: () => Promise<void>): Promise<void> {
  const db = await openDatabase(world.env.DATABASE_URL ?? '', [], []);
  try {
    await db.transaction(async (manager) => {
      await manager.query('SELECT id FROM payment_order WHERE id = ? FOR UPDATE', [order.id]);
      await work();
    });
  } finally {
    await db.destroy();
  }
}
const remainingMs = async (order: PaymentOrder) =>
  ((await world.reload(order)).leaseUntil?.getTime() ?? 0) - now().getTime();

describe('a lease', () => {
  test('is short, and is renewed while its holder lives', async () => {
    const order = await leased();
    expect(await remainingMs(order)).toBeLessThanOrEqual(LEASE_MS);
    const before = await endsIn(order, 1_000);
    await world.app.deps.leases.beat();
    const after = await world.reload(order);
    expect(after.leaseUntil?.getTime()).toBeGreaterThan(before.leaseUntil?.getTime() ?? 0);
    expect(await takeLease(world.app.deps, order)).toBeNull();
    await world.app.deps.store.releaseLease(order);
  });

  test('many at once are renewed together', async () => {
    const orders = await Promise.all(Array.from({ length: 20 }, leased));
    const before = await Promise.all(orders.map((order) => endsIn(order, 5_000)));
    await world.app.deps.leases.beat();
    for (const { leaseUntil, ...order } of before) {
      const after = await world.reload({ ...order, leaseUntil });
      expect(after.leaseUntil?.getTime()).toBeGreaterThan(leaseUntil?.getTime() ?? 0);
    }
  });

  test('of a locked row does not cost the others theirs, and is renewed when the row is free', async () => {
    const locked = await endsIn(await leased(), 30_000);
    const others = await Promise.all(
      (await Promise.all([leased(), leased()])).map((order) => endsIn(order, 5_000)),
    );
    await locking(locked, async () => {
      await world.app.deps.leases.beat();
      for (const before of others) {
        const after = await world.reload(before);
        expect(after.leaseUntil?.getTime()).toBeGreaterThan(before.leaseUntil?.getTime() ?? 0);
      }
    });
    await endsIn(locked, 5_000);
    await world.app.deps.leases.beat();
    expect(await remainingMs(locked)).toBeGreaterThan(5_000);
  });

  test('is renewed before a concurrent call of beat() returns', async () => {
    const order = await endsIn(await leased(), 1_000);
    const { leases } = world.app.deps;
    await Promise.all([
      leases.beat(),
      leases.beat().then(async () => {
        expect(await remainingMs(order)).toBeGreaterThan(1_000);
      }),
    ]);
  });

  test('that was released is not taken again by its heartbeat', async () => {
    const order = await leased();
    await world.app.deps.store.releaseLease(order);
    await world.app.deps.leases.beat();
    expect(await world.reload(order)).toMatchObject({ leaseToken: null, leaseUntil: null });
    expect(await takeLease(world.app.deps, order)).not.toBeNull();
  });

  test('that another has taken is left alone', async () => {
    const order = await leased();
    const until = new Date(now().getTime() + 1_500);
    const taken = await world.edit(order, { leaseToken: randomUUID(), leaseUntil: until });
    await world.app.deps.leases.beat();
    expect(await world.reload(order)).toMatchObject({
      leaseToken: taken.leaseToken,
      leaseUntil: taken.leaseUntil,
    });
  });

  test('that has expired is not renewed: its holder stalled, and the order is free', async () => {
    const order = await leased();
    await endsIn(order, -1);
    await world.app.deps.leases.beat();
    expect(await remainingMs(order)).toBeLessThan(0);
    expect(await takeLease(world.app.deps, order)).not.toBeNull();
  });

  test('ends with the attempt: a close under a lost lease changes nothing', async () => {
    const { control } = world.simulator;
    const order = await world.expire(await world.create('wechat_pay'));
    const hold = control.hold('close', order.orderNo, 'before');
    const slow = world.close(order);
    await hold.arrived;
    await world.edit(order, { leaseToken: null, leaseUntil: null });
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    hold.release();
    expect(await slow).toMatchObject({ kind: 'ended', status: 'close' });
    const outcomes = (await world.records(order)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(['closed', 'overtaken']);
  });
});
