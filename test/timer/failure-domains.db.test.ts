import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MISCONFIGURED_IN_A_ROW, UNKNOWN_IN_A_ROW } from '../../src/channel/guard/breaker.ts';
import { nameOfPart } from '../../src/channel/parts.ts';
import { createOrder } from '../../src/order/create/create-order.ts';
import { runDueOrder } from '../../src/order/due/run-due-order.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import type { Fault } from '../../src/sandbox/simulator/exchange/faults.ts';
import { until } from '../support/until.ts';
import { createWorld, orderRequest, type World } from '../support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.app.serve();
  world.simulator.control.settings.refundSettlesAfterMs = 0;
});
afterEach(() => world.end());

const control = () => world.simulator.control;
const asked = (operation: string) =>
  control()
    .log()
    .filter((entry) => entry.operation === operation).length;
const at = (operation: NonNullable<Fault['match']>['operation'], fault: Fault): void => {
  control().addFault({ ...fault, match: { channel: 'wechat_pay', operation } });
};
const outOfOrder = () =>
  (world.app.deps.channels.get('wechat_pay')?.outOfOrder() ?? []).map((part) => nameOfPart(part));

let number = 0;
async function create(method: 'wap' | 'qrcode') {
  number += 1;
  const request = { ...orderRequest('wechat_pay', `F${number}`), method, clientIp: '192.0.2.1' };
  return createOrder(world.app.deps, request);
}
async function paid(): Promise<PaymentOrder> {
  const order = await world.create('wechat_pay');
  await control().pay(order.orderNo);
  await control().notifications.delivered(order.orderNo);
  return world.reload(order);
}
async function many(count: number, make: () => Promise<PaymentOrder>): Promise<PaymentOrder[]> {
  return Promise.all(Array.from({ length: count }, make));
}
/** Other calls to the channel at the same time, which work. */
async function restGoesOn(): Promise<void> {
  expect(await create('qrcode')).toMatchObject({ kind: 'created' });
  const due = await world.expire(await world.create('wechat_pay'));
  expect(await world.close(due)).toMatchObject({ kind: 'closed' });
  expect(await world.sync(await world.create('wechat_pay'))).toMatchObject({ kind: 'synced' });
}

test('a merchant without the permission for H5 payments creates and closes all other orders', async () => {
  at('create', { kind: 'error', status: 403, code: 'NO_AUTH' });
  for (let order = 0; order < MISCONFIGURED_IN_A_ROW; order += 1)
    expect(await create('wap')).toEqual({ kind: 'misconfigured' });
  control().clearFaults();
  const before = asked('create');
  expect(await create('wap')).toEqual({ kind: 'channel_down' });
  expect(asked('create')).toBe(before);
  expect(outOfOrder()).toEqual(['create wap']);
  await restGoesOn();
  expect(outOfOrder()).toEqual(['create wap']);
});

describe('refunds that the channel refuses', () => {
  test('for lack of a permission wait, and nothing else does', async () => {
    const orders = await many(MISCONFIGURED_IN_A_ROW, paid);
    at('refund', { kind: 'error', status: 403, code: 'NO_AUTH' });
    for (const order of orders)
      expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'misconfigured' });
    expect(outOfOrder()).toEqual(['refund']);
    expect(await world.cancel(await paid())).toMatchObject({ kind: 'pending', reason: 'channel_down' });
    await restGoesOn();
  });

  test.each([
    ['SOMETHING_NEW', 'unreachable'],
    ['NOTENOUGH', 'not_enough'],
    ['NOT_ENOUGH', 'not_enough'],
  ])('with %s are answers about single orders: no circuit breaker opens', async (code, reason) => {
    const orders = await many(UNKNOWN_IN_A_ROW + 1, paid);
    at('refund', { kind: 'error', status: 403, code });
    for (const order of orders) expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason });
    expect(outOfOrder()).toEqual([]);
    control().clearFaults();
    await restGoesOn();
  });
});

describe('while only closes are not answered', () => {
  test('a due order is postponed in its row; its worker continues with others, and later with it', async () => {
    const orders = await many(UNKNOWN_IN_A_ROW, () => world.create('wechat_pay'));
    const [waiting, lastLook] = await many(2, async () => world.expire(await world.create('wechat_pay')));
    if (waiting === undefined || lastLook === undefined) throw new Error('not created');
    expect(await world.close(lastLook)).toMatchObject({ kind: 'closed' });
    at('close', { kind: 'status', status: 503 });
    for (const order of orders) await world.close(order, 'manual');
    expect(outOfOrder()).toEqual(['close qrcode']);
    expect(await create('qrcode')).toMatchObject({ kind: 'created' });

    const now = world.app.deps.clock.now();
    const trigger = { kind: 'timeout', actor: null, clientIp: null } as const;
    // Not `channel_down`, which would pause the worker.
    expect(await runDueOrder(world.app.deps, waiting.orderNo, trigger)).toMatchObject({ kind: 'at' });
    const put = await world.reload(waiting);
    expect(put.nextCloseAt?.getTime()).toBeGreaterThan(now.getTime());
    expect(put).toMatchObject({ status: 'progress', closeAttempts: 0, retryCount: 0, stuckAt: null });
    expect(await world.records(waiting)).toEqual([]);
    // Work that only needs the query is done.
    expect(await world.fire(lastLook)).toBeNull();
    expect(await world.records(lastLook)).toHaveLength(2);

    control().clearFaults();
    world.app.work();
    await until('all are closed', async () => {
      const now = await Promise.all([waiting, ...orders].map((order) => world.reload(order)));
      return now.every(({ status }) => status === 'close');
    });
    expect(outOfOrder()).toEqual([]);
  });
});

test('a merchant of Alipay without the face-to-face contract cancels by a refund', async () => {
  const codes = ['ACQ.ACCESS_FORBIDDEN', 'isv.insufficient-isv-permissions', 'insufficient-isv-permissions'];
  for (const code of [...codes, ...codes]) {
    const order = await world.create('ali_pay');
    await control().pay(order.orderNo);
    await control().notifications.delivered(order.orderNo);
    const fault: Fault = {
      kind: 'error',
      status: 403,
      code,
      match: { operation: 'cancel', orderNo: order.orderNo },
    };
    control().addFault(fault);
    expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: true });
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  }
  expect(world.app.deps.channels.get('ali_pay')?.outOfOrder()).toEqual([]);
});
