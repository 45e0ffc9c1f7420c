import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PaymentOrder } from '../../../src/order/order.ts';
import type { Operation } from '../../../src/sandbox/simulator/gateway/operations.ts';
import { startProgram, WORK } from '../../support/process.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Workers as separate processes, killed while they refund an order or cancel an unpaid one. */
let world: World;
beforeAll(async () => {
  world = await createWorld({ SWEEP_INTERVAL_MS: '1000' });
  await world.app.serve();
  world.simulator.control.settings.refundSettlesAfterMs = 0;
});
afterAll(() => world.end());

const control = () => world.simulator.control;
const authCodes = { wechat_pay: '130000000000000001', ali_pay: '280000000000000001' };
type Chargeable = keyof typeof authCodes;

interface Step {
  channel: Chargeable;
  order: 'unpaid' | 'paid' | 'charged';
  operation: Operation;
  /** An earlier attempt's answers were lost: the next one first queries what it did. */
  again?: 'before' | 'after';
  /** Alipay no longer cancels this order: it is refunded. */
  tooOldToCancel?: boolean;
}

const steps: Step[] = [
  { channel: 'wechat_pay', order: 'unpaid', operation: 'close' },
  { channel: 'wechat_pay', order: 'unpaid', operation: 'query' },
  { channel: 'ali_pay', order: 'unpaid', operation: 'close' },
  { channel: 'ali_pay', order: 'unpaid', operation: 'query' },
  { channel: 'wechat_pay', order: 'paid', operation: 'refund' },
  { channel: 'wechat_pay', order: 'paid', operation: 'refund_query', again: 'after' },
  { channel: 'wechat_pay', order: 'paid', operation: 'query', again: 'before' },
  { channel: 'wechat_pay', order: 'charged', operation: 'reverse' },
  { channel: 'wechat_pay', order: 'charged', operation: 'query' },
  { channel: 'wechat_pay', order: 'charged', operation: 'query', again: 'after' },
  { channel: 'ali_pay', order: 'paid', operation: 'cancel' },
  { channel: 'ali_pay', order: 'paid', operation: 'refund', tooOldToCancel: true },
  { channel: 'ali_pay', order: 'paid', operation: 'refund_query', again: 'before' },
  { channel: 'ali_pay', order: 'paid', operation: 'query', again: 'after' },
  { channel: 'ali_pay', order: 'paid', operation: 'refund_query', again: 'after', tooOldToCancel: true },
  { channel: 'ali_pay', order: 'charged', operation: 'cancel' },
  { channel: 'ali_pay', order: 'charged', operation: 'query', again: 'after' },
];

/** An order in the step's initial state, whose cancel starts as soon as a worker runs. */
async function staged({ channel, order: kind, again, tooOldToCancel }: Step): Promise<PaymentOrder> {
  const authCode = authCodes[channel];
  let order = await world.create(channel, kind === 'charged' ? { method: 'barcode', authCode } : {});
  if (kind === 'unpaid') await control().scan(order.orderNo);
  if (kind === 'paid') {
    await control().pay(order.orderNo);
    await control().notifications.delivered(order.orderNo);
  }
  // WeChat reverses a charge no sooner than 15 s after it was made.
  if (kind === 'charged') await world.edit(order, { createAttemptedAt: new Date(Date.now() - 20_000) });
  if (tooOldToCancel) {
    const match = { operation: 'cancel', orderNo: order.orderNo } as const;
    control().addFault({ kind: 'error', status: 400, code: 'ACQ.TRADE_CANCEL_TIME_OUT', match });
  }
  if (again !== undefined) {
    const givesBack = ['cancel', 'refund', 'reverse'] as const;
    const lost = givesBack.map((operation) =>
      control().addFault({ kind: 'reset', when: again, match: { operation, orderNo: order.orderNo } }),
    );
    await world.cancel(order);
    for (const fault of lost) fault.remove();
  }
  order = await world.edit(order, { ending: 'cancel', nextCloseAt: new Date(0) });
  await world.app.deps.timer.set(order, new Date(0), 'timeout');
  return order;
}

test('a worker killed at every step of a cancel: every order ends cancelled, refunded once', async () => {
  const parked = [];
  for (const step of steps) {
    for (const when of ['before', 'after'] as const) {
      const order = await staged(step);
      const hold = control().hold(step.operation, order.orderNo, when);
      parked.push({ step, order, hold, what: `${JSON.stringify(step)} ${when}` });
    }
  }
  const victim = startProgram(WORK, world.env);
  for (const { hold, what } of parked) {
    let here = false;
    void hold.arrived.then(() => {
      here = true;
    });
    await until(`a worker is at ${what}`, () => here);
  }
  await victim.kill();
  // Requests in flight arrive after their sender's death.
  for (const { hold } of parked) hold.release();

  const fresh = startProgram(WORK, world.env);
  for (const { step, order, what } of parked) {
    await until(`cancelled: ${what}`, async () => (await world.reload(order)).status === 'cancel', 60_000);
    const paid = step.order !== 'unpaid';
    expect(await world.reload(order), what).toMatchObject({ watchUntil: null, leaseToken: null });
    expect(control().order(order.orderNo), what).toMatchObject({
      payable: false,
      refundedFen: paid ? 100 : 0,
    });
    const refunds = await world.refunds(order);
    expect(refunds, what).toMatchObject(paid ? [{ state: 'done', refundNo: `R${order.orderNo}` }] : []);
    const final = (await world.records(order)).filter(({ statusAfter }) => statusAfter === 'cancel');
    expect(
      final.map(({ outcome }) => outcome),
      what,
    ).toEqual([paid ? 'refunded' : 'cancelled']);
  }
  expect(await fresh.terminate()).toBe(0);
}, 180_000);
