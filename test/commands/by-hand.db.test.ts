import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ask, addCancelCommand } from '../../src/commands/orders/cancel.ts';
import { addCloseCommand } from '../../src/commands/orders/close.ts';
import { addSyncCommand } from '../../src/commands/orders/sync.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { run } from '../support/run-command.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const open = () => world.openApp();
const close = (...args: string[]) => run((program) => addCloseCommand(program, open), 'close', ...args);
const sync = (...args: string[]) => run((program) => addSyncCommand(program, open), 'sync', ...args);
const cancel = (ask: Ask, ...args: string[]) =>
  run((program) => addCancelCommand(program, open, ask), 'cancel', ...args);

async function paid(): Promise<PaymentOrder> {
  const order = await world.create('wechat_pay');
  world.simulator.control.notifications.drop(order.orderNo, 100);
  await world.simulator.control.pay(order.orderNo);
  await world.sync(order);
  return world.reload(order);
}

describe('close', () => {
  test('closes an order by any of its numbers, and records who requested it', async () => {
    const orders = await Promise.all([1, 2, 3].map(() => world.create('wechat_pay')));
    const [one, two, three] = orders as [PaymentOrder, PaymentOrder, PaymentOrder];
    const ran = await close(one.orderNo, two.bizOrderNo, three.id, '--by', 'li');
    expect(ran.code).toBe(0);
    expect(ran.stdout).toBe(
      `${one.orderNo}  closed; status close\n` +
        `${two.bizOrderNo} (${two.orderNo})  closed; status close\n` +
        `${three.id} (${three.orderNo})  closed; status close\n`,
    );
    for (const order of orders) {
      expect((await world.reload(order)).status).toBe('close');
      expect(await world.records(order)).toEqual([
        expect.objectContaining({ trigger: 'manual', actor: 'li', outcome: 'closed' }),
      ]);
    }
    const again = await close(one.orderNo, '--json');
    expect(again).toMatchObject({ code: 0 });
    expect(again.json()).toEqual([
      { number: one.orderNo, orderNo: one.orderNo, outcome: 'ended', status: 'close' },
    ]);
  });

  test('the requester defaults to the system user', async () => {
    const order = await world.create('wechat_pay');
    await close(order.orderNo);
    expect(await world.records(order)).toEqual([
      expect.objectContaining({ actor: expect.stringMatching(/^cli:./) }),
    ]);
  });

  test('reports paid, pending and missing orders with exit code 1, and closes the others', async () => {
    const [open1, lost, pending] = await Promise.all([
      world.create('wechat_pay'),
      world.create('wechat_pay'),
      world.create('wechat_pay'),
    ]);
    world.simulator.control.notifications.drop(lost.orderNo, 100);
    await world.simulator.control.pay(lost.orderNo);
    const fault = world.simulator.control.addFault({
      kind: 'status',
      status: 503,
      match: { orderNo: pending.orderNo },
    });
    const ran = await close(lost.orderNo, pending.orderNo, 'nobody', open1.orderNo, '--json');
    fault.remove();
    expect(ran.code).toBe(1);
    expect(ran.json()).toEqual([
      { number: lost.orderNo, orderNo: lost.orderNo, outcome: 'paid', status: 'success' },
      {
        number: pending.orderNo,
        orderNo: pending.orderNo,
        outcome: 'pending',
        reason: 'unreachable',
        answer: expect.stringContaining('503'),
        retryAt: expect.stringMatching(/Z$/),
      },
      { number: 'nobody', orderNo: null, outcome: 'not_found' },
      { number: open1.orderNo, orderNo: open1.orderNo, outcome: 'closed', status: 'close' },
    ]);
  });

  test('closes an order once if two of its numbers are given', async () => {
    const order = await world.create('wechat_pay');
    const ran = await close(order.bizOrderNo, order.orderNo, order.id);
    expect(ran).toMatchObject({
      code: 0,
      stdout: `${order.bizOrderNo} (${order.orderNo})  closed; status close\n`,
    });
    expect(await world.records(order)).toHaveLength(1);
  });

  test('a number that matches two orders closes neither', async () => {
    const one = await world.create('wechat_pay');
    const other = await world.create('wechat_pay', { bizOrderNo: one.id });
    const ran = await close(one.id, '--json');
    expect(ran.code).toBe(1);
    expect(ran.json()).toEqual([
      { number: one.id, orderNo: null, outcome: 'ambiguous', orderNos: [one.orderNo, other.orderNo] },
    ]);
    expect((await world.reload(one)).status).toBe('progress');
    expect((await world.reload(other)).status).toBe('progress');
  });

  test('a number assigned by two channels closes neither order, for the command line and for merchants', async () => {
    const given = { channelTradeNo: '4200000000000000000000000001' };
    const one = await world.edit(await world.create('wechat_pay'), given);
    const other = await world.create('ali_pay');
    const numbers = { orderNo: null, bizOrderNo: null, outOrderNo: given.channelTradeNo };
    expect((await world.app.deps.store.findByNumbers(numbers))?.id).toBe(one.id);
    await world.edit(other, given);
    expect((await close(given.channelTradeNo, '--json')).json()).toEqual([
      expect.objectContaining({ outcome: 'ambiguous', orderNos: [one.orderNo, other.orderNo] }),
    ]);
    expect(await world.app.deps.store.findByNumbers(numbers)).toBeNull();
    expect((await world.reload(one)).status).toBe('progress');
  });
});

describe('cancel', () => {
  const never: Ask = () => Promise.reject(new Error('must not ask'));

  test('an unpaid order needs no confirmation', async () => {
    const order = await world.create('wechat_pay');
    const ran = await cancel(never, order.orderNo);
    expect(ran).toMatchObject({
      code: 0,
      stdout: `${order.orderNo}  cancelled; status cancel; refunded false\n`,
    });
  });

  test('for a paid order it shows the refund and asks; a no changes nothing', async () => {
    const [order, unpaid] = [await paid(), await world.create('wechat_pay')];
    let asked = '';
    const no: Ask = async (question) => {
      asked = question;
      return false;
    };
    await expect(cancel(no, unpaid.orderNo, order.orderNo)).rejects.toThrow('Nothing was done.');
    expect(asked).toBe(`${order.orderNo} is paid: 1.00 yuan will be refunded to the customer.`);
    expect((await world.reload(order)).status).toBe('success');
    expect((await world.reload(unpaid)).status).toBe('progress');
    expect(await world.refunds(order)).toEqual([]);
  });

  test('without a terminal a paid order needs --yes', async () => {
    const order = await paid();
    await expect(cancel(null, order.orderNo)).rejects.toMatchObject({ exitCode: 2 });
    expect((await world.reload(order)).status).toBe('success');
    const ran = await cancel(null, order.orderNo, '--yes', '--json');
    expect(ran.json()).toEqual([expect.objectContaining({ orderNo: order.orderNo })]);
    expect(await world.refunds(order)).toEqual([expect.objectContaining({ amountFen: order.amountFen })]);
  });

  test('a yes refunds the order', async () => {
    const order = await paid();
    await cancel(async () => true, order.orderNo);
    expect(await world.refunds(order)).toHaveLength(1);
  });
});

test('sync reports the channel’s status, and whether it corrected the order', async () => {
  const order = await world.create('ali_pay');
  world.simulator.control.notifications.drop(order.orderNo, 100);
  await world.simulator.control.pay(order.orderNo);
  const ran = await sync(order.orderNo, '--json');
  expect(ran.code).toBe(0);
  expect(ran.json()).toEqual([
    {
      number: order.orderNo,
      orderNo: order.orderNo,
      outcome: 'synced',
      status: 'success',
      channelStatus: 'pay_success',
      repaired: true,
    },
  ]);
  expect((await sync('nobody')).code).toBe(1);
});
