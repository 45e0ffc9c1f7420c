import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createOrder } from '../../../src/order/create/create-order.ts';
import type { CreateOrder } from '../../../src/order/outcomes.ts';
import { freePort } from '../../../src/sandbox/services/free-port.ts';
import type { Fault } from '../../../src/sandbox/simulator/exchange/faults.ts';
import { createWorld, orderRequest, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld({ CLOSE_GRACE_MS: '5000' });
});
afterAll(() => world.end());

let count = 0;
function request(more: Partial<CreateOrder> = {}): CreateOrder {
  count += 1;
  return { ...orderRequest('wechat_pay', `create-${count}`), ...more };
}
const create = (order: CreateOrder) => createOrder(world.app.deps, order);
const byBiz = async ({ bizOrderNo }: CreateOrder) => {
  const order = await world.app.deps.store.findByBizOrderNo(bizOrderNo);
  if (order === null) throw new Error(`no order ${bizOrderNo}`);
  return order;
};

describe('a new order', () => {
  test.each(['wechat_pay', 'ali_pay', 'union_pay'] as const)(
    '%s: exists at the channel and here, with its deadline',
    async (channel) => {
      const order = await world.create(channel, { bizOrderNo: `new-${channel}` });
      const atGateway = world.simulator.control.order(order.orderNo);
      expect(atGateway).toMatchObject({ channel, amountFen: 100, payable: true });
      expect(order).toMatchObject({ status: 'progress', payBody: atGateway?.code, amountFen: 100 });
      expect(order.expiresAt.getTime() % 1000).toBe(0);
      expect(order.nextCloseAt?.getTime()).toBe(order.expiresAt.getTime() + 5_000);
      expect(atGateway?.expiresAt.getTime()).toBeLessThanOrEqual(order.expiresAt.getTime());
    },
  );

  test('the merchant’s deadline is also the channel’s', async () => {
    const expiresAt = new Date(Math.floor(Date.now() / 1000) * 1000 + 600_000);
    const order = await world.create('wechat_pay', { expiresAt });
    expect(order.expiresAt).toEqual(expiresAt);
    expect(world.simulator.control.order(order.orderNo)?.expiresAt).toEqual(expiresAt);
  });

  test('a deadline in the past or beyond a week is refused and leaves nothing behind', async () => {
    for (const expiresAt of [new Date(Date.now() - 1_000), new Date(Date.now() + 8 * 86_400_000)]) {
      const order = request({ expiresAt });
      expect(await create(order)).toMatchObject({ kind: 'expiry_invalid' });
      expect(await world.app.deps.store.findByBizOrderNo(order.bizOrderNo)).toBeNull();
    }
  });

  test('a method the channel does not offer is refused', async () => {
    expect(await create(request({ method: 'web' }))).toEqual({ kind: 'method_not_enabled' });
  });
});

describe('the same bizOrderNo again', () => {
  test('returns the existing order with the first call’s expiry', async () => {
    const first = request();
    const created = await create(first);
    const again = await create({ ...first, expiresAt: null });
    expect(again.kind).toBe('existing');
    if (again.kind !== 'existing' || created.kind !== 'created') throw new Error('unreachable');
    expect(again.order).toMatchObject({ orderNo: created.order.orderNo, payBody: created.order.payBody });
    expect(again.order.expiresAt).toEqual(created.order.expiresAt);
  });

  test('ten calls at once make one order', async () => {
    const one = request();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => create(one)));
    const numbers = outcomes.flatMap((outcome) =>
      outcome.kind === 'created' || outcome.kind === 'existing' ? [outcome.order.orderNo] : [],
    );
    expect(numbers).toHaveLength(10);
    expect(new Set(numbers).size).toBe(1);
  });

  test('with another amount, channel or method it is a conflict', async () => {
    const first = request();
    await create(first);
    expect(await create({ ...first, amountFen: 101 })).toEqual({ kind: 'conflict', field: 'amount' });
    expect(await create({ ...first, channel: 'ali_pay' })).toEqual({ kind: 'conflict', field: 'channel' });
  });

  test('with another title, notifyUrl or expiry it is another order, and a conflict', async () => {
    const expiresAt = new Date(Date.now() + 600_000);
    const first = request({ expiresAt, notifyUrl: 'https://shop.example.com/a' });
    await create(first);
    const other = { title: 'another', notifyUrl: 'https://shop.example.com/b' };
    expect(await create({ ...first, title: other.title })).toEqual({ kind: 'conflict', field: 'title' });
    for (const notifyUrl of [other.notifyUrl, null])
      expect(await create({ ...first, notifyUrl })).toEqual({ kind: 'conflict', field: 'notifyUrl' });
    const later = new Date(expiresAt.getTime() + 60_000);
    expect(await create({ ...first, expiresAt: later })).toEqual({ kind: 'conflict', field: 'expiredTime' });
    for (const again of [first, { ...first, expiresAt: null }])
      expect(await create(again)).toMatchObject({ kind: 'existing' });
  });

  test.each(['success', 'close', 'cancel'] as const)(
    'of an order that ended (%s) it creates nothing',
    async (status) => {
      const first = request();
      await create(first);
      await world.edit(await byBiz(first), { status });
      expect(await create(first)).toMatchObject({ kind: 'ended', order: { status } });
    },
  );
});

describe('a creation that fails', () => {
  const lost: [string, Fault][] = [
    ['reset before its effect', { kind: 'reset' }],
    ['lost answer after its effect', { kind: 'lost_reply' }],
    ['hang', { kind: 'hang' }],
    ['500', { kind: 'unknown_error' }],
    ['bad signature', { kind: 'bad_signature' }],
  ];

  test.each(lost)(
    '%s: the order exists with its timer, and repeating the call completes it',
    async (_, fault) => {
      const one = request();
      const hasty = await world.openApp({ CHANNEL_TIMEOUT_MS: '2000' });
      world.simulator.control.addFault({ ...fault, match: { operation: 'create', times: 1 } });
      expect(await createOrder(hasty.deps, one)).toEqual({ kind: 'unreachable' });
      const order = await byBiz(one);
      expect(order).toMatchObject({ status: 'progress', payBody: null });
      expect(order.nextCloseAt).toEqual(new Date(order.expiresAt.getTime() + 5_000));
      expect(order.errorMsg).toBeTruthy();

      const again = await create(one);
      expect(again).toMatchObject({ kind: 'created', order: { orderNo: order.orderNo } });
      expect(await world.reload(order)).toMatchObject({ errorMsg: null });
    },
  );

  test.each(['wechat_pay', 'ali_pay'] as const)(
    '%s: an order whose creation’s answer was lost is closed when its time is up',
    async (channel) => {
      const one = request({ channel });
      const fault = world.simulator.control.addFault({ kind: 'lost_reply', match: { operation: 'create' } });
      expect(await create(one)).toEqual({ kind: 'unreachable' });
      fault.remove();
      const order = await world.expire(await byBiz(one));
      expect(world.simulator.control.order(order.orderNo)?.payable).toBe(true);
      await world.simulator.control.scan(order.orderNo);

      expect(await world.close(order)).toMatchObject({ kind: 'closed' });
      expect(world.simulator.control.order(order.orderNo)?.payable).toBe(false);
    },
  );

  test('an order paid after its creation’s answer was lost is paid', async () => {
    const one = request();
    world.simulator.control.addFault({ kind: 'lost_reply', match: { operation: 'create', times: 1 } });
    await create(one);
    const order = await world.expire(await byBiz(one));
    world.simulator.control.notifications.drop(order.orderNo, 100);
    await world.simulator.control.pay(order.orderNo);
    expect(await world.close(order)).toMatchObject({ kind: 'paid' });
    expect(world.simulator.control.log({ operation: 'close', orderNo: order.orderNo })).toEqual([]);
  });

  test('an order that never reached WeChat Pay stays open until it can no longer appear, then closes', async () => {
    const one = request();
    world.simulator.control.addFault({ kind: 'reset', match: { operation: 'create', times: 1 } });
    await create(one);
    const order = await world.expire(await byBiz(one));
    const outcome = await world.close(order);
    expect(outcome).toMatchObject({ kind: 'pending', reason: 'too_early' });

    const old = new Date(Date.now() - 3_600_000);
    await world.edit(order, { createAttemptedAt: old, expiresAt: old, nextCloseAt: old });
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
  });

  test('refused by the channel: its reason is passed on, and the order closes automatically like any other', async () => {
    const one = request();
    world.simulator.control.addFault({
      kind: 'error',
      status: 403,
      code: 'RULE_LIMIT',
      message: '商户单日限额',
      match: { operation: 'create', times: 1 },
    });
    expect(await create(one)).toEqual({ kind: 'refused', message: expect.stringContaining('商户单日限额') });
    expect((await byBiz(one)).nextCloseAt).toBeInstanceOf(Date);
  });

  test('our own key is wrong: reported as our configuration, not the merchant’s fault', async () => {
    world.simulator.control.addFault({
      kind: 'error',
      status: 401,
      code: 'SIGN_ERROR',
      match: { operation: 'create', times: 1 },
    });
    expect(await create(request())).toEqual({ kind: 'misconfigured' });
  });

  test('after the order has expired, the call is not repeated', async () => {
    const one = request();
    world.simulator.control.addFault({ kind: 'reset', match: { operation: 'create', times: 1 } });
    await create(one);
    await world.expire(await byBiz(one));
    expect(await create(one)).toMatchObject({ kind: 'ended' });
  });
});

test('an order is created while Redis is unreachable: its row is the timer', async () => {
  const app = await world.openApp({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
  const outcome = await createOrder(app.deps, request());
  expect(outcome.kind).toBe('created');
});
