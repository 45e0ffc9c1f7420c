import { tsImport } from 'tsx/esm/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Autoclose, type ChannelFactory, createAutoclose } from '../../src/index.ts';
import { createLogger } from '../../src/platform/log/logger.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { compileExample, type Example } from './example.ts';
import { openMallGateway } from './mall-gateway.ts';

let world: World;
let example: Example;
let gateway: Awaited<ReturnType<typeof openMallGateway>>;
let autoclose: Autoclose;
beforeAll(async () => {
  world = await createWorld();
  gateway = await openMallGateway();
  example = await compileExample('docs/channels/adding-a-channel.md');
  const page: { mallPay(options: typeof gateway.options): ChannelFactory } = await tsImport(
    example.file,
    import.meta.url,
  );
  autoclose = await createAutoclose({
    databaseUrl: world.env.DATABASE_URL ?? '',
    redisUrl: world.env.REDIS_URL ?? '',
    redisPrefix: world.env.REDIS_PREFIX ?? '',
    channels: [page.mallPay(gateway.options)],
    closeGraceMs: 0,
    log: createLogger('silent'),
  });
  autoclose.work();
});
afterAll(async () => {
  await autoclose?.close();
  await gateway?.close();
  await example?.remove();
  await world?.end();
});

/** An order created at the gateway; expires soon by default. */
async function anOrder(bizOrderNo: string, expiresInMs = 1_500) {
  const fields = { channel: 'own_mall_pay', method: 'qrcode', title: 'tea', amountFen: 100 } as const;
  const expiresAt = new Date(Date.now() + expiresInMs);
  const outcome = await autoclose.createOrder({ bizOrderNo, ...fields, expiresAt });
  if (outcome.kind !== 'created') throw new Error(outcome.kind);
  return outcome.order;
}
const status = async (number: string) => (await autoclose.findOrder(number))?.status;

test('an order of a custom channel expires, and the worker closes it at its gateway and here', async () => {
  const order = await anOrder('A1');
  expect(order.payBody).toBe(`mall://pay/${order.orderNo}`);
  await until('it is closed', async () => (await status('A1')) === 'close');
  expect(gateway.orders.get(order.orderNo)?.state).toBe('CLOSED');
});

test('an order paid at its gateway without a notification becomes paid after its expiry', async () => {
  const { orderNo } = await anOrder('A2');
  gateway.pay(orderNo);
  await until('it is paid', async () => (await status('A2')) === 'success');
  expect(gateway.orders.get(orderNo)?.state).toBe('PAID');
});

test('a notification of a custom channel is verified, stored and acknowledged in its own form', async () => {
  const { orderNo } = await anOrder('A3', 600_000);
  const raw = gateway.pay(orderNo);
  const forged = { ...raw, headers: { 'x-signature': '00' } };
  expect(await autoclose.receiveNotification('own_mall_pay', forged)).toMatchObject({ status: 500 });
  expect(await status('A3')).toBe('progress');
  expect(await autoclose.receiveNotification('own_mall_pay', raw)).toMatchObject({ body: 'ok' });
  expect(await status('A3')).toBe('success');
  expect(await autoclose.receiveNotification('own_other', raw)).toBeNull();
});

test('while the gateway gives no verifiable answer the order stays open, and closes afterwards', async () => {
  const { orderNo } = await anOrder('A4', 600_000);
  gateway.down(true);
  expect(await autoclose.closeOrder('A4')).toMatchObject({ kind: 'pending', reason: 'unreachable' });
  expect(await status('A4')).toBe('progress');
  gateway.down(false);
  expect(await autoclose.closeOrder('A4')).toMatchObject({ kind: 'closed' });
  expect(gateway.orders.get(orderNo)?.state).toBe('CLOSED');
});

test('a cancelled order is refunded through the custom channel', async () => {
  const { orderNo } = await anOrder('A5', 600_000);
  gateway.pay(orderNo);
  await autoclose.cancelOrder('A5', 'Li');
  await until('it is cancelled', async () => (await status('A5')) === 'cancel');
  expect(gateway.orders.get(orderNo)?.state).toBe('REFUNDED');
});

test("the merchants' API rejects custom channels, even if one has orders", async () => {
  const url = await world.app.serve();
  const answer = await fetch(`${url}/unipay/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      bizOrderNo: 'A6',
      channel: 'own_mall_pay',
      method: 'qrcode',
      title: 't',
      amount: 1,
    }),
  });
  expect(await answer.json()).not.toMatchObject({ data: { code: 0 } });
  expect(await status('A6')).toBeUndefined();
});
