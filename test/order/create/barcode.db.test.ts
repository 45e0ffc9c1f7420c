import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataOf } from '../../../src/http/daxpay/answer/content.ts';
import { generation206 } from '../../../src/http/daxpay/generations/generation-2-0-6.ts';
import { createOrder } from '../../../src/order/create/create-order.ts';
import { isIn } from '../../../src/order/lifecycle.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';
import type { CreateOrder } from '../../../src/order/outcomes.ts';
import { recordPayment } from '../../../src/order/payment/record-payment.ts';
import { createWorld, orderRequest, type World } from '../../support/world.ts';

const channels = ['wechat_pay', 'ali_pay'] as const;
const authCodes = { wechat_pay: '130000000000000001', ali_pay: '280000000000000001' };

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const control = () => world.simulator.control;
let count = 0;
function charge(channel: (typeof channels)[number]): CreateOrder {
  count += 1;
  return { ...orderRequest(channel, `charge-${count}`), method: 'barcode', authCode: authCodes[channel] };
}
async function orderOf({ bizOrderNo }: CreateOrder) {
  const order = await world.app.deps.store.findByBizOrderNo(bizOrderNo);
  if (order === null) throw new Error('no order');
  return order;
}
/** The payment is applied without a query. */
const tell = (order: PaymentOrder) => {
  const { orderNo, amountFen } = order;
  const payment = { orderNo, channelTradeNo: 'T1', amountFen, paidAt: new Date() };
  return recordPayment(world.app.deps, order, payment, {});
};
/** WeChat reverses a charge no sooner than 15 s after it was made. */
const aged = async (request: CreateOrder) =>
  world.edit(await orderOf(request), { createAttemptedAt: new Date(Date.now() - 20_000) });

describe.each(channels)('%s: a charge by the customer’s code', (channel) => {
  test('that needs no password is paid at once', async () => {
    control().settings.codePayAsksPassword = false;
    const request = charge(channel);
    expect(await createOrder(world.app.deps, request)).toMatchObject({
      kind: 'created',
      order: { status: 'success' },
    });
    expect(await world.timerState(await orderOf(request))).toBe('unknown');
  });

  test('that is repeated has its timer at its due time', async () => {
    control().settings.codePayAsksPassword = true;
    const request = charge(channel);
    await createOrder(world.app.deps, request);
    const later = new Date(world.app.deps.clock.now().getTime() + 50_000);
    const order = await world.edit(await orderOf(request), { nextCloseAt: later });
    await createOrder(world.app.deps, request);
    const { timestamp = 0, delay = 0 } = (await world.queue(channel).getJob(order.orderNo)) ?? {};
    const dueAt = (await world.reload(order)).nextCloseAt?.getTime() ?? 0;
    expect(Math.abs(timestamp + delay - dueAt)).toBeLessThan(20_000);
  });

  test('that asks for the password is polled until it is paid', async () => {
    control().settings.codePayAsksPassword = true;
    const request = charge(channel);
    expect(await createOrder(world.app.deps, request)).toMatchObject({
      kind: 'created',
      order: { status: 'progress' },
    });
    const order = await orderOf(request);
    expect(order.nextCloseAt?.getTime()).toBeLessThan(order.expiresAt.getTime());
    expect(await world.fire(order)).toBeInstanceOf(Date);
    expect((await world.reload(order)).status).toBe('progress');

    control().notifications.drop(order.orderNo, 100);
    await control().finishPay(order.orderNo, true);
    expect(await world.fire(order)).toBeNull();
    expect((await world.reload(order)).status).toBe('success');
  });

  test('that is never completed is ended at the channel when it expires', async () => {
    control().settings.codePayAsksPassword = true;
    const request = charge(channel);
    await createOrder(world.app.deps, request);
    const order = await world.expire(await aged(request));
    await control().finishPay(order.orderNo, false);
    expect(await world.close(order)).toMatchObject({ kind: 'closed' });
    expect(control().order(order.orderNo)?.payable).toBe(false);
  });

  test('whose answer is lost is queried, and never made twice', async () => {
    control().settings.codePayAsksPassword = false;
    const request = charge(channel);
    const lost = control().addFault({ kind: 'lost_reply', match: { operation: 'create' } });
    expect(await createOrder(world.app.deps, request)).toEqual({ kind: 'unreachable' });
    lost.remove();
    expect(await createOrder(world.app.deps, request)).toMatchObject({
      kind: 'existing',
      order: { status: 'success' },
    });
    const { orderNo } = await orderOf(request);
    expect(control().log({ operation: 'create', orderNo })).toHaveLength(1);
  });

  test('that is cancelled returns the money', async () => {
    control().settings.codePayAsksPassword = false;
    const request = charge(channel);
    await createOrder(world.app.deps, request);
    const order = await aged(request);
    expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: true });
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  });

  test('that is cancelled while the password is awaited can no longer be paid', async () => {
    control().settings.codePayAsksPassword = true;
    const request = charge(channel);
    await createOrder(world.app.deps, request);
    const order = await aged(request);
    let outcome = await world.cancel(order);
    if (outcome.kind === 'pending') {
      await control().finishPay(order.orderNo, false);
      await world.fire(order);
      outcome = await world.cancel(order);
    }
    expect((await world.reload(order)).status).toBe('cancel');
    expect(control().order(order.orderNo)?.payable).toBe(false);
  });

  test('never stores the customer’s code', async () => {
    const request = charge(channel);
    await createOrder(world.app.deps, request);
    expect(JSON.stringify(await orderOf(request))).not.toContain(request.authCode);
  });

  test('that is refused stays refused: a repeated request charges nothing and gives the reason', async () => {
    control().settings.codePayAsksPassword = false;
    const request = { ...charge(channel), authCode: '000000000000000000' };
    const first = await createOrder(world.app.deps, request);
    expect(first.kind).toBe('refused');
    expect(await createOrder(world.app.deps, { ...request, authCode: authCodes[channel] })).toMatchObject({
      kind: 'refused',
    });
    expect(control().order((await orderOf(request)).orderNo)?.paidAt ?? null).toBeNull();
  });

  test('whose cancel overtakes the charge: the money goes back', async () => {
    control().settings.codePayAsksPassword = false;
    const request = charge(channel);
    const hold = control().hold('create', null, 'before');
    const charging = createOrder(world.app.deps, request);
    await hold.arrived;
    const order = await orderOf(request);
    await world.cancel(order);
    expect((await world.reload(order)).status).toBe('progress');
    hold.release();
    await charging;
    await aged(request);
    for (let round = 0; round < 3 && (await world.reload(order)).status !== 'cancel'; round += 1)
      await world.fire(order);
    expect((await world.reload(order)).status).toBe('cancel');
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  });

  test('that waits for the password when it expires is ended at the channel', async () => {
    control().settings.codePayAsksPassword = true;
    const request = charge(channel);
    await createOrder(world.app.deps, request);
    const order = await world.expire(await aged(request));
    await world.close(order);
    if ((await world.reload(order)).status === 'progress') await world.close(order, 'manual');
    expect((await world.reload(order)).status).toBe('close');
    expect(control().order(order.orderNo)?.payable).toBe(false);
  });
});

describe('wechat_pay: a charge that is reversed by its close', () => {
  const reversing = async () => {
    control().settings.codePayAsksPassword = true;
    const request = charge('wechat_pay');
    await createOrder(world.app.deps, request);
    return world.expire(await aged(request));
  };
  const settle = async (order: PaymentOrder) => {
    for (let round = 0; round < 5 && (await world.reload(order)).nextCloseAt !== null; round += 1)
      await world.fire(order);
    return world.reload(order);
  };

  test('paid in the instant before, unknown to us: the money is returned, and the order shows it', async () => {
    const order = await reversing();
    control().before('reverse', order.orderNo, () => control().finishPay(order.orderNo, true));
    expect(await world.close(order)).toMatchObject({ kind: 'pending', reason: 'refunding' });
    expect(await settle(order)).toMatchObject({ status: 'cancel', nextCloseAt: null });
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  });

  test('paid in the instant before, and recorded meanwhile: the money is returned, and the order shows it', async () => {
    const order = await reversing();
    const hold = control().hold('reverse', order.orderNo, 'before');
    const closing = world.close(order);
    await hold.arrived;
    await control().finishPay(order.orderNo, true);
    expect(await tell(order)).toBe('recorded');
    hold.release();
    await closing;
    expect(await settle(order)).toMatchObject({ status: 'cancel', nextCloseAt: null });
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  });

  test.each(['before', 'after'] as const)(
    'its process dies %s the reversal of a payment: the money goes back once',
    async (when) => {
      const order = await reversing();
      const reset = control().addFault({
        kind: 'reset',
        when,
        match: { operation: 'reverse', orderNo: order.orderNo },
      });
      control().before('reverse', order.orderNo, () => control().finishPay(order.orderNo, true));
      const blind = control().addFault({
        kind: 'reset',
        match: { operation: 'query', orderNo: order.orderNo, nth: 2 },
      });
      await world.close(order);
      reset.remove();
      blind.remove();
      expect(await settle(order)).toMatchObject({ status: 'cancel', nextCloseAt: null });
      expect(control().order(order.orderNo)?.refundedFen).toBe(100);
    },
  );

  test('paid before it is closed: stays paid', async () => {
    const order = await reversing();
    const hold = control().hold('query', order.orderNo, 'after');
    const closing = world.close(order);
    await hold.arrived;
    await control().finishPay(order.orderNo, true);
    expect(await tell(order)).toBe('recorded');
    hold.release();
    await closing;
    expect(await world.reload(order)).toMatchObject({ status: 'success', nextCloseAt: null });
    expect(control().order(order.orderNo)?.refundedFen).toBe(0);
    expect(control().log({ operation: 'reverse', orderNo: order.orderNo })).toHaveLength(0);
  });

  test('closed by hand too soon after the charge, and paid then: stays paid', async () => {
    control().settings.codePayAsksPassword = true;
    const request = charge('wechat_pay');
    await createOrder(world.app.deps, request);
    const order = await orderOf(request);
    expect(await world.close(order, 'api')).toMatchObject({ kind: 'pending', reason: 'user_paying' });
    control().notifications.drop(order.orderNo, 100);
    await control().finishPay(order.orderNo, true);
    expect(await settle(order)).toMatchObject({ status: 'success', nextCloseAt: null });
    expect(control().order(order.orderNo)?.refundedFen).toBe(0);
  });

  test('while the money is being returned, the order is not shown as paid', async () => {
    const order = await reversing();
    control().settings.balanceNotEnough = true;
    control().before('reverse', order.orderNo, () => control().finishPay(order.orderNo, true));
    await world.close(order);
    await world.fire(order);
    const paid = await world.reload(order);
    expect(paid).toMatchObject({ status: 'success', retryReason: 'not_enough' });
    expect(isIn('giving_back', paid)).toBe(true);
    expect(await world.close(order, 'api')).toEqual({ kind: 'ended', status: 'refunding' });
    const shown = dataOf({ kind: 'order', order: paid }, generation206.fields, generation206.units);
    expect(shown).toMatchObject({ status: 'refunding', refundableBalance: 0 });
    control().settings.balanceNotEnough = false;
    expect(await settle(order)).toMatchObject({ status: 'cancel' });
  });

  test('closed here and still payable at the channel: the watch reverses it, and a late payment is refunded', async () => {
    const order = await reversing();
    const closed = { status: 'close', closedAt: new Date(), nextCloseAt: null } as const;
    await world.edit(order, closed);
    await world.sync(order);
    control().before('reverse', order.orderNo, () => control().finishPay(order.orderNo, true));
    await world.fire(order);
    expect(await settle(order)).toMatchObject({ status: 'refunded' });
    expect(control().order(order.orderNo)).toMatchObject({ payable: false, refundedFen: 100 });
  });

  test('watched, and paid just before it is reversed: a reopened order is not reversed', async () => {
    const order = await world.edit(await reversing(), {
      status: 'close',
      closedAt: new Date(),
      watchUntil: new Date(Date.now() + 60_000),
      expiresAt: new Date(Date.now() + 60_000),
    });
    world.app.deps.latePaymentPolicy = 'reopen';
    const hold = control().hold('query', order.orderNo, 'after');
    const watching = world.fire(order);
    await hold.arrived;
    await control().finishPay(order.orderNo, true);
    expect(await tell(order)).toBe('late');
    world.app.deps.latePaymentPolicy = 'refund';
    hold.release();
    await watching;
    expect(await world.reload(order)).toMatchObject({ status: 'success', nextCloseAt: null });
    expect(control().order(order.orderNo)?.refundedFen).toBe(0);
  });
});
