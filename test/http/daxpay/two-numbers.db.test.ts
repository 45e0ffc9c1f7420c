import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../../src/client/client.ts';
import { generationNamed } from '../../../src/http/daxpay/generations/generations.ts';
import { readOrder } from '../../../src/http/daxpay/request/read-order.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { newOrderId } from '../../../src/order/order-id.ts';
import { requestCancel, requestSync } from '../../../src/order/requests/close-cancel-sync.ts';
import { createWorld, SIGN_SECRET, somebody, type World } from '../../support/world.ts';

/** Numbers of different orders: no money moves; other operations use the system's number and record the contradiction. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.app.serve();
});
afterAll(() => world.end());

const control = () => world.simulator.control;
async function paid(): Promise<PaymentOrder> {
  const order = await world.create('wechat_pay');
  await control().pay(order.orderNo);
  await control().notifications.delivered(order.orderNo);
  return world.reload(order);
}
const refundedFen = ({ orderNo }: PaymentOrder) => control().order(orderNo)?.refundedFen;
const client = () =>
  createClient({
    baseUrl: world.env.PUBLIC_URL ?? '',
    signSecret: SIGN_SECRET,
    signType: 'HMAC_SHA256',
    generation: '2.0.8',
  });

describe('a cancel whose numbers', () => {
  test('match two orders is rejected with 20051, and no money moves', async () => {
    const [one, other] = [await paid(), await paid()];
    const numbers = { orderNo: one.orderNo, bizOrderNo: other.bizOrderNo };
    expect(await client().cancel(numbers)).toMatchObject({ ok: false, code: 20051 });
    expect([refundedFen(one), refundedFen(other)]).toEqual([0, 0]);
    for (const order of [one, other]) expect(await world.reload(order)).toEqual(order);
  });

  test('match one order and none is rejected too', async () => {
    const order = await paid();
    const numbers = { orderNo: order.orderNo, bizOrderNo: 'no-such-number' };
    expect(await client().cancel(numbers)).toMatchObject({ ok: false, code: 20051 });
    expect(await requestCancel(world.app.deps, { ...numbers, outOrderNo: null }, somebody)).toMatchObject({
      kind: 'contradiction',
      detail: 'bizOrderNo means no order',
    });
    const byChannel = { orderNo: order.orderNo, bizOrderNo: null, outOrderNo: 'X' };
    expect((await requestCancel(world.app.deps, byChannel, somebody)).kind).toBe('contradiction');
    expect(await world.reload(order)).toEqual(order);
  });

  test.each([
    [
      'orderNo and paymentId',
      (one: PaymentOrder, other: PaymentOrder) => ({ orderNo: one.orderNo, paymentId: other.id }),
    ],
    [
      'two merchant numbers',
      (one: PaymentOrder, other: PaymentOrder) => ({
        bizOrderNo: one.bizOrderNo,
        businessNo: other.bizOrderNo,
      }),
    ],
  ])(
    'of one kind match two orders (%s) is rejected, also as a close with useCancel',
    async (_, numbersOf) => {
      const [one, other] = [await paid(), await paid()];
      for (const useCancel of [false, true]) {
        const read = readOrder({ ...numbersOf(one, other), useCancel }, generationNamed('3.0'));
        if (read.kind === 'rejected') throw new Error('not read');
        expect(await requestCancel(world.app.deps, read.value, somebody)).toMatchObject({
          kind: 'contradiction',
        });
      }
      expect([refundedFen(one), refundedFen(other)]).toEqual([0, 0]);
    },
  );

  test('all match one order is performed', async () => {
    const order = await paid();
    const { orderNo, bizOrderNo, channelTradeNo } = order;
    const all = { orderNo, bizOrderNo, outOrderNo: channelTradeNo };
    expect((await requestCancel(world.app.deps, all, somebody)).kind).toMatch(/cancelled|pending/);
  });
});

describe('the system’s number takes precedence, and the contradiction is recorded', () => {
  test('in a close', async () => {
    const [one, other] = [await world.create('wechat_pay'), await world.create('wechat_pay')];
    const numbers = { orderNo: one.orderNo, bizOrderNo: other.bizOrderNo };
    expect(await client().close(numbers)).toMatchObject({ ok: true });
    expect((await world.reload(one)).status).toBe('close');
    expect((await world.reload(other)).status).toBe('progress');
    expect(await world.records(one)).toMatchObject([
      { outcome: 'closed', note: `numbers: bizOrderNo means order ${other.orderNo}` },
    ]);
  });

  test('in a query and a sync', async () => {
    const [one, other] = [await world.create('wechat_pay'), await world.create('wechat_pay')];
    const numbers = { orderNo: one.orderNo, bizOrderNo: other.bizOrderNo };
    // Our client rejects an answer about another order than requested.
    await expect(client().query(numbers)).rejects.toThrow('about another order');
    const synced = await requestSync(world.app.deps, numbers, somebody);
    expect(synced).toMatchObject({ kind: 'synced', order: { orderNo: one.orderNo } });
  });

  test('a close whose numbers agree has no note', async () => {
    const order = await world.create('wechat_pay');
    await client().close({ orderNo: order.orderNo, bizOrderNo: order.bizOrderNo });
    expect(await world.records(order)).toMatchObject([{ note: null }]);
  });
});

describe('an id', () => {
  test('is not reused after an older backup is restored', async () => {
    const lost = await paid();
    // The restored database does not have it, and continues from its old counter.
    await world.query(`DELETE FROM payment_order WHERE id = ${lost.id}`);
    await world.query('ALTER TABLE payment_order AUTO_INCREMENT = 1');
    const others = await Promise.all([paid(), paid(), paid()]);
    expect(others.map(({ id }) => id)).not.toContain(lost.id);
    for (const { id } of others) expect(Number(id)).toBeGreaterThan(Number(lost.id));
    const numbers = { orderNo: lost.id, bizOrderNo: null };
    expect(await requestCancel(world.app.deps, numbers, somebody)).toEqual({ kind: 'not_found' });
    for (const order of others) expect(refundedFen(order)).toBe(0);
  });

  test('grows with the clock, has at most 15 digits for decades, and is exact in JavaScript', () => {
    const at = (year: number) => newOrderId(Date.UTC(year, 0, 1));
    for (const year of [2026, 2050, 2100]) {
      expect(at(year)).toMatch(/^\d{11,15}$/);
      expect(Number(at(year + 1))).toBeGreaterThan(Number(at(year)));
      expect(Number.isSafeInteger(Number(at(year)))).toBe(true);
    }
  });

  test('is unique for orders created in the same millisecond', async () => {
    const orders = await Promise.all(Array.from({ length: 60 }, () => world.create('wechat_pay')));
    expect(new Set(orders.map(({ id }) => id)).size).toBe(60);
  });
});
