import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PaymentOrder } from '../../../src/order/order.ts';
import { type Merchant, openMerchant } from '../../notice/merchant.ts';
import { startProgram, WORK } from '../../support/process.ts';
import { until } from '../../support/until.ts';
import { createWorld, type World } from '../../support/world.ts';

/** Workers as separate processes, killed while they send a notice. */
let world: World;
let merchant: Merchant;
beforeAll(async () => {
  merchant = await openMerchant();
  world = await createWorld({ NOTICE_ALLOW_PRIVATE: 'true' });
});
afterAll(async () => {
  await world.end();
  await merchant.end();
});

async function work(env: Record<string, string> = {}) {
  const worker = startProgram(WORK, { ...world.env, ...env });
  await worker.logged('worker is running');
  return worker;
}
async function paid(path: string): Promise<PaymentOrder> {
  const order = await world.create('wechat_pay', { notifyUrl: merchant.url + path });
  await world.simulator.control.pay(order.orderNo);
  await world.sync(order);
  return order;
}
async function notice({ orderNo }: PaymentOrder) {
  const [found] = await world.app.notices.list(orderNo);
  if (found === undefined) throw new Error('no notice');
  return found;
}
const delivered = (order: PaymentOrder) =>
  until(
    'delivered',
    async () => {
      const found = await notice(order);
      return found.state === 'delivered' && found;
    },
    50_000,
  );

test('a notice whose sender is killed is sent by a new worker: same event id, next attempt', async () => {
  merchant.answers('/held', () => {});
  const order = await paid('/held');
  const victim = await work();
  await until('it has arrived', () => merchant.at('/held').length > 0);
  await victim.kill();
  merchant.answers('/held', (response) => response.end('SUCCESS'));
  expect(await notice(order)).toMatchObject({ state: 'pending', attempts: 1 });

  const fresh = await work();
  const done = await delivered(order);
  expect(done).toMatchObject({ attempts: 2 });
  expect(done.tries).toMatchObject([
    { attempt: 1, outcome: 'interrupted', durationMs: null },
    { attempt: 2, outcome: 'delivered' },
  ]);
  const [first, second] = merchant.at('/held');
  expect(first?.eventId).toBe(second?.eventId);
  expect([first?.attempt, second?.attempt]).toEqual([1, 2]);
  expect(await fresh.terminate()).toBe(0);
});

test('SIGTERM: the current send is finished and recorded, then the worker stops', async () => {
  const order = await paid('/finish');
  let finish = () => {};
  merchant.answers('/finish', (response) => {
    finish = () => response.end('SUCCESS');
  });
  const worker = await work();
  await until('it has arrived', () => merchant.at('/finish').length > 0);
  const ended = worker.terminate();
  await worker.logged('stopping');
  finish();
  expect(await ended).toBe(0);
  expect(await notice(order)).toMatchObject({ state: 'delivered', attempts: 1 });
});

describe('the program', () => {
  test('logs one ERROR when it abandons a notice', async () => {
    merchant.answers('/never', (response) => response.writeHead(500).end());
    const order = await paid('/never');
    await world.query(`UPDATE merchant_notice SET attempts = 15 WHERE order_no = '${order.orderNo}'`);
    const worker = await work();
    expect(await worker.logged('merchant notice abandoned')).toMatchObject({
      level: 'error',
      orderNo: order.orderNo,
      attempt: 16,
    });
    expect(await worker.terminate()).toBe(0);
    expect(worker.stdout().match(/"level":"error"/g)).toHaveLength(1);
  });

  test('sends nothing to this machine unless that is allowed, and reports it', async () => {
    const order = await paid('/private');
    const worker = await work({ NOTICE_ALLOW_PRIVATE: '' });
    const line = await worker.logged('merchant notice not delivered; will retry');
    expect(line).toMatchObject({ level: 'warn', orderNo: order.orderNo, outcome: 'refused_address' });
    expect(await worker.terminate()).toBe(0);
    expect(merchant.at('/private')).toEqual([]);
  });

  test('lists an order’s notices with their attempts, and resends them', async () => {
    const order = await paid('/listed');
    const { eventId } = await notice(order);
    await world.query(
      `UPDATE merchant_notice SET state = 'given_up', attempts = 16, next_at = NULL WHERE order_no = '${order.orderNo}'`,
    );
    const run = async (...args: string[]) => {
      const command = startProgram(['notices', ...args], world.env);
      return { code: await command.ended(), stdout: command.stdout() };
    };
    const [listed, nobody] = await Promise.all([run(order.orderNo), run('AC-nobody')]);
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining(`${eventId} success given_up`) });
    expect(nobody).toMatchObject({ code: 1, stdout: 'no notices' });

    const resent = await run(eventId, '--resend', '--json');
    expect(resent.code).toBe(0);
    const [found] = JSON.parse(resent.stdout.split('\n').at(-1) ?? '');
    expect(found).toMatchObject({ eventId, state: 'pending', attempts: 16, attemptsBefore: 16, tries: [] });
  });
});
