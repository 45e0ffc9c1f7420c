import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CREATE_WITHIN_MS } from '../../../src/channel/guard/guard.ts';
import { createOrder } from '../../../src/order/create/create-order.ts';
import type { OrderDeps } from '../../../src/order/deps.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';
import type { CreateOrder } from '../../../src/order/outcomes.ts';
import { createWorld, orderRequest, type World } from '../../support/world.ts';

/** A process that stalls between an order's row and the call that creates it at the channel. */
let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const control = () => world.simulator.control;
const authCodes = { wechat_pay: '130000000000000001', ali_pay: '280000000000000001', union_pay: null };
let count = 0;
function request(more: Partial<CreateOrder>): CreateOrder {
  count += 1;
  const expiresAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 900_000);
  return { ...orderRequest('wechat_pay', `late-creation-${count}`), expiresAt, ...more };
}
async function orderOf({ bizOrderNo }: CreateOrder): Promise<PaymentOrder> {
  const order = await world.app.deps.store.findByBizOrderNo(bizOrderNo);
  if (order === null) throw new Error('no order');
  return order;
}
/** The order as this process loaded it before it stalled. */
const standingStill = (ms: number): OrderDeps => ({
  ...world.app.deps,
  clock: { now: () => new Date(world.app.deps.clock.now().getTime() - ms) },
});

describe('a creation that started too long ago', () => {
  test.each([
    ['wechat_pay', 'qrcode'],
    ['ali_pay', 'qrcode'],
    ['union_pay', 'qrcode'],
    ['wechat_pay', 'barcode'],
    ['ali_pay', 'barcode'],
  ] as const)('%s, %s: is not sent, and the order stays for its timer', async (channel, method) => {
    const asked = request({ channel, method, authCode: method === 'barcode' ? authCodes[channel] : null });
    const outcome = await createOrder(standingStill(CREATE_WITHIN_MS + 5_000), asked);
    expect(outcome).toEqual({ kind: 'unreachable' });
    const order = await orderOf(asked);
    expect(control().log({ orderNo: order.orderNo })).toEqual([]);
    expect(order).toMatchObject({ status: 'progress', payBody: null });
    expect(order.nextCloseAt).not.toBeNull();
  });

  test('by a machine that was paused together with its ticks: is not sent either', async () => {
    const clock = world.app.deps.clock;
    const real = clock.stalledMs;
    clock.stalledMs = () => CREATE_WITHIN_MS + 1_000;
    try {
      expect(await createOrder(world.app.deps, request({}))).toEqual({ kind: 'unreachable' });
    } finally {
      clock.stalledMs = real ?? (() => 0);
    }
  });

  test('leaves time for the call before an order counts as never created', () => {
    for (const channel of world.app.deps.channels.values()) {
      const createAttemptedAt = new Date();
      // Closed by hand immediately: the earliest possible deadline.
      const base = {
        orderNo: 'A',
        title: 't',
        amountFen: 1,
        createdAt: createAttemptedAt,
        createAttemptedAt,
      };
      const none = { channelTradeNo: null, paidAt: null, clientIp: null };
      for (const method of channel.methods) {
        const expiresAt = new Date(createAttemptedAt.getTime() + 1);
        const from = channel.unpayableFrom({ ...base, ...none, method, expiresAt });
        expect(from.getTime() - createAttemptedAt.getTime()).toBeGreaterThan(CREATE_WITHIN_MS + 5_000);
      }
    }
  });
});

describe('an order that ended during its creation', () => {
  test('before its process had read its row again: nothing is sent', async () => {
    const asked = request({});
    const { deps } = world.app;
    const standsAfterInsert: OrderDeps = {
      ...deps,
      store: {
        ...deps.store,
        async insert(order) {
          const inserted = await deps.store.insert(order);
          await world.edit(await orderOf(asked), {
            status: 'close',
            closedAt: new Date(),
            nextCloseAt: null,
          });
          return inserted;
        },
      },
    };
    expect(await createOrder(standsAfterInsert, asked)).toMatchObject({ kind: 'ended' });
    const { orderNo } = await orderOf(asked);
    expect(control().log({ orderNo })).toEqual([]);
  });

  /** The order is closed before the channel answers, as by another process that considered it never created. */
  async function createdAfterItsEnd(asked: CreateOrder, status: 'close' | 'cancel' = 'close') {
    const held = control().hold('create', null, 'after');
    const creating = createOrder(world.app.deps, asked);
    await held.arrived;
    const dayLater = new Date(Date.now() + 86_400_000);
    const set = { status, closedAt: new Date(), nextCloseAt: dayLater, watchUntil: null };
    const order = await world.edit(await orderOf(asked), set);
    held.release();
    return { outcome: await creating, order: await world.reload(order), before: order };
  }
  const violations = (order: PaymentOrder) =>
    world.query(`SELECT kind FROM violation WHERE order_no = '${order.orderNo}'`);

  test.each(['close', 'cancel'] as const)(
    '%s: is watched at once, and closed at the channel',
    async (status) => {
      const { outcome, order } = await createdAfterItsEnd(request({}), status);
      expect(outcome).toMatchObject({ kind: 'ended' });
      expect(control().order(order.orderNo)?.payable).toBe(true);
      expect(order.watchUntil).not.toBeNull();
      expect(order.nextCloseAt?.getTime()).toBeLessThanOrEqual(Date.now());
      expect(await violations(order)).toEqual([{ kind: 'payable' }]);
      expect(await world.records(order)).toMatchObject([
        { closeType: 'watch', outcome: 'payable', statusBefore: status, statusAfter: status },
      ]);
      expect(await world.timerState(order)).not.toBe('unknown');
      await world.fire(order);
      expect(control().order(order.orderNo)?.payable).toBe(false);
      expect(await world.reload(order)).toMatchObject({ status, watchUntil: null });
    },
  );

  test('closed at its channel before its creation was answered: unchanged, and no violation', async () => {
    const asked = request({});
    const held = control().hold('create', null, 'after');
    const creating = createOrder(world.app.deps, asked);
    await held.arrived;
    const open = await orderOf(asked);
    await world.close(open, 'api');
    const before = await world.reload(open);
    expect(before).toMatchObject({ status: 'close', watchUntil: null });
    held.release();
    expect(await creating).toMatchObject({ kind: 'ended' });
    expect(await violations(open)).toEqual([]);
    expect(await world.reload(open)).toEqual(before);
  });

  describe.each([
    ['confirmed', () => {}],
    [
      'taken, and its answer lost',
      () => control().addFault({ match: { operation: 'create' }, kind: 'lost_reply' }),
    ],
  ] as const)('created at the channel after a close has asked it, and %s', (_, prepare) => {
    test('is not closed by that attempt: the next closes it at the channel as well', async () => {
      const asked = request({});
      const fault = prepare();
      const held = control().hold('create', null, 'before');
      const creating = createOrder(world.app.deps, asked);
      await held.arrived;
      const past = new Date(Date.now() - 600_000);
      const open = await orderOf(asked);
      const times = { createdAt: past, createAttemptedAt: past, expiresAt: past, nextCloseAt: past };
      const order = await world.edit(open, times);
      let last = control().hold('query', order.orderNo, 'after');
      const closing = world.close(order, 'api');
      await last.arrived;
      // The query after the close decides; one before it may have been the first.
      const next = control().hold('query', order.orderNo, 'after');
      last.release();
      if ((await Promise.race([next.arrived.then(() => 'another'), closing])) === 'another') last = next;
      held.release();
      await creating;
      last.release();
      next.release();
      expect(await closing).not.toMatchObject({ kind: 'closed' });
      expect(await world.reload(order)).toMatchObject({ status: 'progress', leaseUntil: null });
      fault?.remove();
      await world.edit(order, { nextCloseAt: past });
      await world.fire(order);
      const { status, watchUntil } = await world.reload(order);
      const isPayable = control().order(order.orderNo)?.payable === true;
      expect(status === 'progress' || watchUntil !== null || !isPayable).toBe(true);
    });
  });

  test('an answer that was lost: it is watched as well, because the channel may have created it', async () => {
    const asked = request({});
    control().addFault({ match: { operation: 'create' }, kind: 'lost_reply' });
    const { outcome, order } = await createdAfterItsEnd(asked);
    expect(outcome).toEqual({ kind: 'unreachable' });
    expect(order.watchUntil).not.toBeNull();
    await world.fire(order);
    expect(control().order(order.orderNo)?.payable).toBe(false);
    expect(await violations(order)).toEqual([]);
  });

  test('a charge that the customer confirms afterwards is found within seconds, and goes back', async () => {
    const asked = request({ method: 'barcode', authCode: authCodes.wechat_pay });
    control().settings.codePayAsksPassword = true;
    const { order } = await createdAfterItsEnd(asked);
    control().settings.codePayAsksPassword = false;
    await control().finishPay(order.orderNo, true);
    expect(order.nextCloseAt?.getTime()).toBeLessThanOrEqual(Date.now());
    await world.fire(order);
    expect(await world.reload(order)).toMatchObject({ status: 'refunding', latePaidAt: expect.any(Date) });
  });
});
