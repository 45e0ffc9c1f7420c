import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addLateCommand } from '../../../src/commands/orders/late.ts';
import { createOrder } from '../../../src/order/create/create-order.ts';
import type { LateDecision, LatePaymentPolicy } from '../../../src/order/late-payment.ts';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { decideLatePayment } from '../../../src/order/refund/decide-late.ts';
import { reclose } from '../../../src/order/requests/reclose.ts';
import { run } from '../../support/run-command.ts';
import { createWorld, orderRequest, somebody, type World } from '../../support/world.ts';

const channels = ['wechat_pay', 'ali_pay'] as const;
type Channel = (typeof channels)[number];

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await world.app.serve();
});
afterAll(() => world.end());

const control = () => world.simulator.control;
const kept = (order: PaymentOrder) => {
  const found = control().order(order.orderNo);
  return found?.paidAt === null ? 0 : 100 - (found?.refundedFen ?? 0);
};
const by = { kind: 'manual', actor: 'li', clientIp: null } as const;
const decide = ({ orderNo }: PaymentOrder, decision: LateDecision) =>
  decideLatePayment(world.app.deps, { orderNo, bizOrderNo: null }, decision, by);
const violations = async (order: PaymentOrder) =>
  world.query(`SELECT kind FROM violation WHERE order_id = ${order.id}`);

/** Closed here, as if the close's answer had been trusted, and still open at the channel. */
async function wronglyClosed(channel: Channel, set: Partial<PaymentOrder> = {}) {
  const order = await world.create(channel);
  return world.edit(order, { status: 'close', closedAt: new Date(), nextCloseAt: null, ...set });
}
async function paidLate(channel: Channel, set: Partial<PaymentOrder> = {}) {
  const order = await wronglyClosed(channel, set);
  await control().pay(order.orderNo);
  expect(await control().notifications.delivered(order.orderNo)).toMatchObject({ accepted: true });
  return world.reload(order);
}
async function settled(order: PaymentOrder) {
  for (let round = 0; round < 5 && (await world.reload(order)).status === 'refunding'; round += 1) {
    await world.fire(order);
    await control().clock.advance(control().settings.refundSettlesAfterMs);
  }
  return world.reload(order);
}
async function under(policy: LatePaymentPolicy, work: () => Promise<void>) {
  world.app.deps.latePaymentPolicy = policy;
  await work().finally(() => {
    world.app.deps.latePaymentPolicy = 'refund';
  });
}
function refuseRefunds(order: PaymentOrder) {
  const code = order.channel === 'ali_pay' ? 'ACQ.TRADE_HAS_FINISHED' : 'USER_ACCOUNT_ABNORMAL';
  const match = { operation: 'refund', orderNo: order.orderNo } as const;
  return control().addFault({ kind: 'error', status: order.channel === 'ali_pay' ? 400 : 403, code, match });
}

test.each(channels)(
  '%s: a payment for a closed order that was cancelled is refunded under any policy',
  async (channel) => {
    await under('reopen', async () => {
      const order = await wronglyClosed(channel);
      expect(await world.cancel(order)).toMatchObject({ kind: 'cancelled', refunded: false });
      await control().pay(order.orderNo);
      await control().notifications.delivered(order.orderNo);
      expect(await settled(order)).toMatchObject({ status: 'refunded', paidAt: null });
      expect(kept(order)).toBe(0);
    });
  },
);

describe.each(channels)('%s: money for a closed order, under the policy refund', (channel) => {
  test('is refunded once and the order shows it, however often it is reported', async () => {
    const order = await paidLate(channel);
    expect(order).toMatchObject({ status: 'refunding', latePaidAt: expect.any(Date), paidAt: null });
    expect(await world.timerState(order)).not.toBe('unknown');
    await control().notifications.resend(order.orderNo);
    expect(await settled(order)).toMatchObject({ status: 'refunded', nextCloseAt: null });
    expect((await world.records(order)).at(-1)).toMatchObject({
      closeType: 'refund',
      outcome: 'refunded',
      statusBefore: 'refunding',
      statusAfter: 'refunded',
    });
    await control().notifications.resend(order.orderNo);
    await world.sync(order);
    expect(await world.reload(order)).toMatchObject({ status: 'refunded', nextCloseAt: null });
    expect(kept(order)).toBe(0);
    expect(await world.refunds(order)).toMatchObject([
      { refundNo: `R${order.orderNo}`, reason: 'late', state: 'done', amountFen: 100 },
    ]);
  });

  test('is refunded once by ten callers at once', async () => {
    const order = await paidLate(channel);
    const run = () => world.fire(order);
    await Promise.all(Array.from({ length: 10 }, run));
    expect(await settled(order)).toMatchObject({ status: 'refunded' });
    expect(control().order(order.orderNo)?.refundedFen).toBe(100);
  });

  test.each(['before', 'after'] as const)(
    'is refunded once, though the answer is lost %s its effect',
    async (when) => {
      const order = await paidLate(channel);
      const lost = control().addFault({
        kind: 'reset',
        when,
        match: { operation: 'refund', orderNo: order.orderNo },
      });
      await world.fire(order);
      expect(await world.reload(order)).toMatchObject({ status: 'refunding', retryReason: 'unreachable' });
      lost.remove();
      expect(await settled(order)).toMatchObject({ status: 'refunded' });
      expect(control().order(order.orderNo)?.refundedFen).toBe(100);
    },
  );

  test('is queried until the channel confirms the refund', async () => {
    const order = await paidLate(channel);
    control().settings.refundSettlesAfterMs = 60_000;
    control().settings.alipayFundChange = 'N';
    await world.fire(order);
    expect(await world.reload(order)).toMatchObject({ status: 'refunding', retryReason: 'refunding' });
    await control().clock.advance(61_000);
    expect(await settled(order)).toMatchObject({ status: 'refunded' });
    control().settings.alipayFundChange = 'Y';
    control().settings.refundSettlesAfterMs = 0;
  });

  test('is refunded once the account has enough money', async () => {
    const order = await paidLate(channel);
    control().settings.balanceNotEnough = true;
    await world.fire(order);
    expect(await world.reload(order)).toMatchObject({ status: 'refunding', retryReason: 'not_enough' });
    control().settings.balanceNotEnough = false;
    expect(await settled(order)).toMatchObject({ status: 'refunded' });
  });

  test('whose refund is refused waits for a person, who can retry it or mark it as handled', async () => {
    const [again, done] = [await paidLate(channel), await paidLate(channel)];
    for (const order of [again, done]) {
      const refusal = refuseRefunds(order);
      expect(await world.fire(order)).toBeNull();
      refusal.remove();
      expect(await world.reload(order)).toMatchObject({ status: 'refunding', nextCloseAt: null });
    }
    const waiting = async () =>
      (await world.app.deps.store.latePaymentsToDecide(100)).map(({ orderNo }) => orderNo);
    expect(await waiting()).toEqual(expect.arrayContaining([again.orderNo, done.orderNo]));
    expect(await decide(again, 'refund')).toEqual({ kind: 'decided', status: 'refunding' });
    expect(await decide(done, 'handled')).toEqual({ kind: 'decided', status: 'refunding' });
    expect(await settled(again)).toMatchObject({ status: 'refunded' });
    expect(kept(again)).toBe(0);
    expect(await waiting()).not.toContain(done.orderNo);
  });

  test('is a violation, unless the order was being watched', async () => {
    expect(await violations(await paidLate(channel))).toEqual([{ kind: 'paid' }]);
    const watched = await paidLate(channel, { watchUntil: new Date(Date.now() + 60_000) });
    expect(await violations(watched)).toEqual([]);
  });

  test('of a cancelled order is refunded under every policy', async () => {
    for (const policy of ['refund', 'reopen', 'manual'] as const) {
      await under(policy, async () => {
        const order = await paidLate(channel, { status: 'cancel' });
        expect(order.status).toBe('refunding');
        expect(await settled(order)).toMatchObject({ status: 'refunded' });
        expect(kept(order)).toBe(0);
      });
    }
  });
});

describe.each(channels)('%s: money for a closed order, under the policy reopen', (channel) => {
  test('reopens the order, if it was paid before the expiry', () =>
    under('reopen', async () => {
      const order = await paidLate(channel);
      expect(order).toMatchObject({ status: 'success', closedAt: null, nextCloseAt: null });
      expect(order.paidAt).toEqual(order.latePaidAt);
      expect(kept(order)).toBe(100);
    }));

  test('is refunded, if it was paid after the expiry', () =>
    under('reopen', async () => {
      const order = await paidLate(channel, { expiresAt: new Date(Date.now() - 60_000) });
      expect(await settled(order)).toMatchObject({ status: 'refunded' });
      expect(kept(order)).toBe(0);
    }));
});

describe('under the policy reopen, a payment that was partly returned', () => {
  test('reopens nothing: refunded at the channel before we knew of it', () =>
    under('reopen', async () => {
      const order = await wronglyClosed('ali_pay');
      control().notifications.drop(order.orderNo, 100);
      await control().pay(order.orderNo);
      await control().refund(order.orderNo);
      await world.fire(order);
      expect(await settled(order)).toMatchObject({ status: 'refunded' });
    }));

  test('reopens nothing: closed by a reversal, or cancelled', () =>
    under('reopen', async () => {
      for (const ending of ['reverse', 'cancel'] as const) {
        const order = await paidLate('wechat_pay', { ending });
        expect(order.status).toBe('refunding');
      }
    }));
});

test('a handled late payment stays handled: a cancel, a refund or a reopening comes too late', () =>
  under('manual', async () => {
    const order = await paidLate('ali_pay');
    expect(await decide(order, 'handled')).toEqual({ kind: 'decided', status: 'close' });
    expect(await world.cancel(order)).toEqual({ kind: 'ended', status: 'close' });
    expect(await decide(order, 'refund')).toEqual({ kind: 'nothing_to_decide', status: 'close' });
    expect(await decide(order, 'reopen')).toEqual({ kind: 'nothing_to_decide', status: 'close' });
    expect(kept(order)).toBe(100);
  }));

test('an order that was reopened after a cancel can be cancelled again, also while its channel is busy', async () => {
  const order = await paidLate('ali_pay', { status: 'cancel', ending: 'cancel' });
  const refusal = refuseRefunds(order);
  await world.fire(order);
  refusal.remove();
  expect(await decide(order, 'reopen')).toEqual({ kind: 'decided', status: 'success' });
  expect(await world.reload(order)).toMatchObject({ ending: 'expiry', nextCloseAt: null });
  expect(await world.app.deps.store.recordRequest(order.id, 'cancel', new Date())).toBe(true);
  await world.fire(order);
  expect((await world.reload(order)).status).toBe('cancel');
});

describe.each(channels)('%s: money for a closed order, under the policy manual', (channel) => {
  test('waits for a person, who reopens it, refunds it, or marks it as handled; once', () =>
    under('manual', async () => {
      const [reopened, returned, done] = [
        await paidLate(channel),
        await paidLate(channel),
        await paidLate(channel),
      ];
      expect(reopened).toMatchObject({ status: 'close', latePaidAt: expect.any(Date), nextCloseAt: null });
      expect(await decide(reopened, 'reopen')).toEqual({ kind: 'decided', status: 'success' });
      expect(await decide(reopened, 'refund')).toEqual({ kind: 'nothing_to_decide', status: 'success' });
      expect((await world.reload(reopened)).paidAt).toEqual(reopened.latePaidAt);
      expect((await world.records(reopened)).at(-1)).toMatchObject({
        closeType: 'late',
        outcome: 'reopen',
        actor: 'li',
        statusBefore: 'close',
        statusAfter: 'success',
      });

      expect(await decide(returned, 'refund')).toEqual({ kind: 'decided', status: 'refunding' });
      expect(await settled(returned)).toMatchObject({ status: 'refunded' });
      expect(kept(returned)).toBe(0);

      expect(await decide(done, 'handled')).toEqual({ kind: 'decided', status: 'close' });
      const waiting = (await world.app.deps.store.latePaymentsToDecide(100)).map(({ orderNo }) => orderNo);
      for (const { orderNo } of [reopened, returned, done]) expect(waiting).not.toContain(orderNo);
    }));

  test('is refunded when the order is cancelled', () =>
    under('manual', async () => {
      const order = await paidLate(channel);
      expect(await world.cancel(order)).toMatchObject({ kind: 'pending', reason: 'refunding' });
      expect(await settled(order)).toMatchObject({ status: 'refunded' });
      expect(kept(order)).toBe(0);
    }));

  test('of ten decisions at once, one is made', () =>
    under('manual', async () => {
      const order = await paidLate(channel);
      const made = await Promise.all(
        Array.from({ length: 10 }, (_, i) => decide(order, i % 2 === 0 ? 'reopen' : 'refund')),
      );
      expect(made.filter(({ kind }) => kind === 'decided')).toHaveLength(1);
    }));
});

test('an order without a late payment has nothing to decide', async () => {
  const order = await world.create('wechat_pay');
  expect(await decide(order, 'refund')).toEqual({ kind: 'nothing_to_decide', status: 'progress' });
  const unknown = { orderNo: 'AC0', bizOrderNo: null };
  expect(await decideLatePayment(world.app.deps, unknown, 'refund', by)).toEqual({ kind: 'not_found' });
});

describe.each(channels)('%s: the last look at a closed order', (channel) => {
  const closed = async () => {
    const order = await world.expire(await world.create(channel), 3 * 3_600_000);
    if (channel === 'ali_pay') await control().scan(order.orderNo);
    expect(await world.fire(order)).toBeNull();
    return world.reload(order);
  };

  const aDayLater = (order: PaymentOrder) =>
    world.edit(order, { closedAt: new Date(Date.now() - 26 * 3_600_000) });

  test('is due when the channel has stopped notifying, and needs no timer', async () => {
    const order = await closed();
    const waitMs = (order.nextCloseAt?.getTime() ?? 0) - Date.now();
    expect(waitMs).toBeGreaterThan(24 * 3_600_000);
    expect(waitMs).toBeLessThan(26 * 3_600_000);
  });

  test('finds it closed, and is the last', async () => {
    const order = await aDayLater(await closed());
    expect(await world.fire(order)).toBeNull();
    expect(await world.reload(order)).toMatchObject({ status: 'close', nextCloseAt: null });
    expect(await violations(order)).toEqual([]);
  });

  test('finds it paid without a notification: the money goes back, and it is a violation', async () => {
    const order = await wronglyClosed(channel);
    control().notifications.drop(order.orderNo, 100);
    await control().pay(order.orderNo);
    await world.fire(order);
    expect(await settled(order)).toMatchObject({ status: 'refunded' });
    expect(kept(order)).toBe(0);
    expect(await violations(order)).toEqual([{ kind: 'paid' }]);
  });

  test('finds it still payable: it is closed again, and it is a violation', async () => {
    const order = await wronglyClosed(channel);
    if (channel === 'ali_pay') await control().scan(order.orderNo);
    await world.fire(order);
    await world.fire(order);
    expect(control().order(order.orderNo)?.payable).toBe(false);
    expect(await world.reload(order)).toMatchObject({ status: 'close', watchUntil: null });
    expect(await violations(order)).toEqual([{ kind: 'payable' }]);
  });

  test('waits for its time, even if the order is restarted', async () => {
    const order = await closed();
    expect(await reclose(world.app.deps, order.orderNo, somebody)).toEqual({
      kind: 'ended',
      status: 'close',
    });
    expect((await world.reload(order)).nextCloseAt).toEqual(order.nextCloseAt);
  });

  test('finding it payable writes a record', async () => {
    const order = await wronglyClosed(channel);
    if (channel === 'ali_pay') await control().scan(order.orderNo);
    await world.fire(order);
    expect((await world.records(order)).at(-1)).toMatchObject({ closeType: 'watch', outcome: 'payable' });
  });

  test('that comes early is followed by the regular one', async () => {
    const order = await closed();
    await world.fire(order);
    const { nextCloseAt } = await world.reload(order);
    expect(nextCloseAt?.getTime()).toBeGreaterThanOrEqual(order.nextCloseAt?.getTime() ?? Number.NaN);
  });

  test('learns nothing in an outage, and is retried', async () => {
    const order = await aDayLater(await closed());
    const outage = control().addFault({ kind: 'reset', match: { orderNo: order.orderNo } });
    await world.fire(order);
    expect((await world.reload(order)).nextCloseAt).toBeInstanceOf(Date);
    outage.remove();
    await world.fire(order);
    expect((await world.reload(order)).nextCloseAt).toBeNull();
  });
});

test('an order that is refunding or refunded answers a close, a cancel and a new creation', async () => {
  const order = await paidLate('wechat_pay');
  expect(await world.close(order, 'api')).toEqual({ kind: 'ended', status: 'refunding' });
  expect(await world.cancel(order)).toEqual({ kind: 'ended', status: 'refunding' });
  await settled(order);
  expect(await world.cancel(order)).toEqual({ kind: 'ended', status: 'refunded' });
  const again = orderRequest('wechat_pay', order.bizOrderNo);
  expect(await createOrder(world.app.deps, again)).toMatchObject({ kind: 'ended' });
});

test('the last look at a WeChat order does not trust an unsigned answer that it never existed', async () => {
  const order = await wronglyClosed('wechat_pay');
  control().notifications.drop(order.orderNo, 100);
  await control().pay(order.orderNo);
  const match = { operation: 'query', orderNo: order.orderNo } as const;
  const forged = control().addFault({ kind: 'error', status: 404, code: 'ORDER_NOT_EXIST', match });
  await world.fire(order);
  expect(await world.reload(order)).toMatchObject({ status: 'close', retryReason: 'not_confirmed' });
  forged.remove();
  await world.fire(order);
  expect(await settled(order)).toMatchObject({ status: 'refunded' });
});

test('the command line lists late payments, counts violations, and decides', () =>
  under('manual', async () => {
    const order = await paidLate('ali_pay');
    const late = async (...args: string[]) => {
      const add = (program: Command) => addLateCommand(program, () => world.openApp());
      const { code, json } = await run(add, 'late', ...args, '--json');
      return { code, json: json() };
    };
    const listed = await late();
    expect(listed.code).toBe(0);
    expect(listed.json).toContainEqual(expect.objectContaining({ orderNo: order.orderNo, status: 'close' }));
    expect(listed.json.at(-1)).toEqual({ violations: expect.any(Number) });
    expect(await late('reopen', order.orderNo, '--by', 'li')).toEqual({
      code: 0,
      json: [{ orderNo: order.orderNo, kind: 'decided', status: 'success' }],
    });
    expect((await world.records(order)).at(-1)).toMatchObject({ closeType: 'late', actor: 'li' });
    expect((await late('refund', order.orderNo)).code).toBe(1);
  }));

test('the command line decides nothing if a number identifies two orders', () =>
  under('manual', async () => {
    const order = await paidLate('ali_pay');
    const other = await world.edit(await world.create('ali_pay'), { orderNo: order.id });
    const add = (program: Command) => addLateCommand(program, () => world.openApp());
    const { code, json } = await run(add, 'late', 'handled', order.id, '--json');
    const orderNos = expect.arrayContaining([order.orderNo, other.orderNo]);
    expect([code, json()]).toEqual([1, [{ orderNo: order.id, kind: 'ambiguous', orderNos }]]);
    expect((await world.reload(order)).lateHandledAt).toBeNull();
  }));
