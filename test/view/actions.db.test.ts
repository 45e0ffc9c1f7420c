import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lateDecisions } from '../../src/order/late-payment.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { decideLatePayment } from '../../src/order/refund/decide-late.ts';
import { reclose } from '../../src/order/requests/reclose.ts';
import { createWorld, somebody, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const past = new Date(Date.now() - 60_000);
const future = new Date(Date.now() + 86_400_000);
const by = { kind: 'admin', actor: 'li', clientIp: null } as const;

describe.each<[string, Partial<PaymentOrder>, string[]]>([
  ['open', {}, ['close', 'cancel', 'sync', 'reclose']],
  ['being cancelled', { ending: 'cancel' }, ['cancel', 'sync', 'reclose']],
  ['paid', { status: 'success', nextCloseAt: null }, ['cancel', 'sync']],
  [
    'giving its money back',
    { status: 'success', ending: 'cancel', nextCloseAt: past },
    ['cancel', 'sync', 'reclose'],
  ],
  [
    'paid, its refund refused',
    { status: 'success', ending: 'cancel', nextCloseAt: null, stuckAt: past },
    ['cancel', 'sync', 'reclose', 'late'],
  ],
  ['closed for good', { status: 'close', closedAt: past, nextCloseAt: future }, ['sync']],
  [
    'watched',
    { status: 'close', closedAt: past, watchUntil: future, nextCloseAt: future },
    ['cancel', 'sync', 'reclose'],
  ],
  [
    'keeping late money',
    { status: 'close', closedAt: past, latePaidAt: past, nextCloseAt: null },
    ['cancel', 'sync', 'late'],
  ],
  [
    'late and dealt with',
    { status: 'close', closedAt: past, latePaidAt: past, lateHandledAt: past, nextCloseAt: null },
    ['sync'],
  ],
  [
    'late, its refund refused',
    { status: 'refunding', closedAt: past, latePaidAt: past, nextCloseAt: null, stuckAt: past },
    ['sync', 'reclose', 'late'],
  ],
  [
    'refunding',
    { status: 'refunding', closedAt: past, latePaidAt: past, nextCloseAt: past },
    ['sync', 'reclose'],
  ],
  ['refunded', { status: 'refunded', closedAt: past, latePaidAt: past, nextCloseAt: null }, ['sync']],
  ['cancelled', { status: 'cancel', closedAt: past, nextCloseAt: null }, ['sync']],
])('an order that is %s', (_name, set, actions) => {
  test('shows the possible actions, and only those succeed', async () => {
    const created = await world.create('ali_pay');
    const order = Object.keys(set).length === 0 ? created : await world.edit(created, set);
    const numbers = { orderNo: order.orderNo, bizOrderNo: null };
    const shown = await world.app.orderAdmin.readOrder(order.orderNo);
    expect(shown?.actions).toEqual(actions);
    for (const decision of lateDecisions) {
      const { kind } = await decideLatePayment(world.app.deps, numbers, decision, by);
      expect([decision, kind === 'decided']).toEqual([decision, shown?.lateDecisions.includes(decision)]);
      await world.edit(order, order);
    }
    const { kind } = await reclose(world.app.deps, order.orderNo, somebody);
    expect(kind !== 'ended').toBe(actions.includes('reclose'));
  });
});
