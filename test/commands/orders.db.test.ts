import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addOrderCommand } from '../../src/commands/orders/order.ts';
import { addOrdersCommand } from '../../src/commands/orders/orders.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { run } from '../support/run-command.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
/** Oldest first. */
let made: { wechat: PaymentOrder; alipay: PaymentOrder; closed: PaymentOrder };
beforeAll(async () => {
  world = await createWorld();
  const ago = async (order: PaymentOrder, min: number) =>
    world.edit(order, { createdAt: new Date(Date.now() - min * 60_000) });
  made = {
    wechat: await ago(await world.create('wechat_pay'), 300),
    alipay: await ago(await world.create('ali_pay'), 200),
    closed: await ago(await world.create('wechat_pay', { notifyUrl: 'http://127.0.0.1:9/n' }), 100),
  };
  await world.close(made.closed, 'manual');
});
afterAll(() => world.end());

const open = () => world.openApp();
const orders = (...args: string[]) => run((program) => addOrdersCommand(program, open), 'orders', ...args);
const order = (...args: string[]) => run((program) => addOrderCommand(program, open), 'order', ...args);

async function listed(...args: string[]): Promise<unknown[]> {
  const ran = await orders(...args, '--json');
  expect(ran.code).toBe(0);
  return ran.json().map((row) => (row as PaymentOrder).orderNo);
}

describe('orders', () => {
  test('are listed newest first, one per line', async () => {
    const { stdout } = await orders();
    const numbers = [made.closed, made.alipay, made.wechat].map(({ orderNo }) => orderNo);
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    ).toEqual(numbers);
    expect((await orders('--limit', '1')).stdout).toBe(
      `${stdout.split('\n')[0]}\n… only the newest 1 are shown; see --limit.\n`,
    );
  });

  test('are filtered by status, channel, state, number and time', async () => {
    const { wechat, alipay, closed } = made;
    expect(await listed('--status', 'close')).toEqual([closed.orderNo]);
    expect(await listed('--channel', 'ali_pay')).toEqual([alipay.orderNo]);
    expect(await listed('--state', 'open')).toEqual([alipay.orderNo, wechat.orderNo]);
    expect(await listed('--search', wechat.bizOrderNo)).toEqual([wechat.orderNo]);
    expect(await listed('--since', '4h')).toEqual([closed.orderNo, alipay.orderNo]);
    expect(await listed('--since', closed.createdAt.toISOString())).toEqual([closed.orderNo]);
    expect(await orders('--state', 'late')).toMatchObject({ code: 0, stdout: 'No orders found.\n' });
  });

  test('--channel accepts custom channels, and rejects other names', async () => {
    const own = await world.edit(await world.create('wechat_pay'), { channel: 'own_mall' });
    expect(await listed('--channel', 'own_mall')).toEqual([own.orderNo]);
    await expect(orders('--channel', 'mall')).rejects.toThrow(/wechat_pay, ali_pay, union_pay, or begin/);
  });

  test.each([['yesterday'], ['2026-99-99'], ['5 days']])('--since %s is rejected', async (time) => {
    await expect(orders('--since', time)).rejects.toThrow(/--since/);
  });
});

describe('order', () => {
  test('shows an order, found by any of its numbers, with its history', async () => {
    const { closed } = made;
    const { code, stdout } = await order(closed.bizOrderNo);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^status +close$/m);
    expect(stdout).toMatch(/^amount +1\.00 yuan$/m);
    expect(stdout).toMatch(
      /created [\s\S]+attempt +close closed {2}progress → close {2}by manual [\s\S]+notice +close/,
    );

    const [found] = (await order(closed.id, '--json')).json();
    expect(found).toMatchObject({
      order: { orderNo: closed.orderNo, status: 'close' },
      timeline: [{ kind: 'created' }, { kind: 'attempt' }, { kind: 'notice' }],
      actions: expect.any(Array),
    });
    expect(JSON.stringify(found)).not.toContain(closed.payBody);
  });

  test('an unknown number is not found, with exit code 1', async () => {
    expect(await order('nobody')).toMatchObject({ code: 1, stdout: 'nobody  not_found\n' });
    expect((await order('nobody', '--json')).json()).toEqual([{ number: 'nobody', outcome: 'not_found' }]);
  });
});
