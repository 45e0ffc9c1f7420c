import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createNoticeStore } from '../../src/notice/notice-store.ts';
import { createNoticeSender } from '../../src/notice/send-notice.ts';
import type { PaymentOrder } from '../../src/order/order.ts';
import { entities } from '../../src/order/store/tables.ts';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';
import { type Merchant, openMerchant } from './merchant.ts';
import { multiply } from './multiply.ts';
import { startRelay, thisMachine } from './relay.ts';

/** Every host name resolves to this merchant's server; requests to `/dead` hang. */
let world: World;
let merchant: Merchant;
const hanging: ServerResponse[] = [];
beforeAll(async () => {
  merchant = await openMerchant();
  merchant.answers('/dead', (response) => void hanging.push(response));
  world = await createWorld();
});
afterAll(async () => {
  await world.end();
  await merchant.end();
});

const urlAt = (host: string, path: string) => `http://${host}:${new URL(merchant.url).port}${path}`;
const notices = ({ orderNo }: Pick<PaymentOrder, 'orderNo'>) => world.app.notices.list(orderNo);
async function paid(url: string) {
  const order = await world.create('wechat_pay', { notifyUrl: url });
  await world.simulator.control.pay(order.orderNo);
  await world.sync(order);
  return order;
}
const delivered = (order: PaymentOrder) =>
  until('delivered', async () => (await notices(order)).every(({ state }) => state === 'delivered'));

/** Dead hosts with a backlog, older than everything after. */
async function die(order: PaymentOrder, name: string, hosts: number, count: number) {
  for (let i = 1; i <= hosts; i += 1)
    await multiply(world, order, { orderNo: name, url: urlAt(`${name}-${i}.example`, '/dead'), count });
}
async function count(from: string): Promise<number> {
  const rows = JSON.stringify(await world.query(`SELECT COUNT(*) AS n FROM ${from}`));
  return Number(/"n":"?(\d+)/.exec(rows)?.[1]);
}
const begun = (name: string) => count(`merchant_notice WHERE order_no = '${name}' AND attempts > 0`);
const attemptsOf = (name: string, which: string) =>
  count(`notice_attempt a JOIN merchant_notice n ON n.id = a.notice_id
    WHERE n.order_no LIKE '${name}' AND ${which}`);

test('hosts that answer, and new ones, get their notices while sends to any number of dead hosts hang', async () => {
  // The sends to dead hosts end with the test, not earlier.
  const relay = startRelay(world.app, { send: createNoticeSender(thisMachine, 60_000) });
  onTestFinished(async () => {
    merchant.answers('/dead', (response) => void response.destroy());
    for (const response of hanging) response.destroy();
    await relay.stop();
  });
  const first = await paid(urlAt('living.example', '/told'));
  await delivered(first);
  await die(first, 'dead-few', 40, 20);
  await until('the dead hosts are being sent to', async () => (await begun('dead-few')) >= 40);
  await delivered(await paid(urlAt('new.example', '/told')));
  await die(first, 'dead-many', 60, 2);
  await until('all that may wait for unknown hosts do', async () => (await begun('dead-many')) >= 20);
  await delivered(await paid(urlAt('living.example', '/told')));

  expect(await attemptsOf('dead-%', 'a.duration_ms IS NOT NULL')).toBe(0);
  await world.query("DELETE FROM merchant_notice WHERE order_no IN ('dead-few', 'dead-many')");
});

test('a silent host gets one notice at a time and rests; when it answers, all waiting ones are sent', async () => {
  merchant.answers('/dead', () => {});
  let laterMs = 0;
  const clock = { now: () => new Date(world.app.deps.clock.now().getTime() + laterMs) };
  const relay = startRelay(world.app, { send: createNoticeSender(thisMachine, 1_000), clock });
  onTestFinished(() => relay.stop());
  const first = await paid(urlAt('living.example', '/told'));
  await delivered(first);
  await die(first, 'silent', 1, 50);
  // After three failures the host rests: the others keep their attempts.
  await until('three have failed', async () => (await attemptsOf('silent', "a.outcome = 'timeout'")) === 3);
  await delivered(await paid(urlAt('living.example', '/told')));
  expect(await begun('silent')).toBe(3);

  merchant.answers('/dead', (response) => response.end('SUCCESS'));
  laterMs = 15_000;
  await until(
    'all are delivered',
    async () => (await count("merchant_notice WHERE order_no = 'silent' AND state = 'delivered'")) === 50,
  );
});

test('a host is one host, whatever its ports and spellings', async () => {
  const urls = ['http://SHOP.example:8080/a', 'https://shop.example./b', 'http://shop.example/c'];
  const orders = await Promise.all(urls.map(paid));
  for (const order of orders) expect(await notices(order)).toMatchObject([{ host: 'shop.example' }]);
});

/** Our connections' collation, as on MariaDB, and another one, as on MySQL 8: plans differ by whether they agree. */
test.each(['utf8mb4_general_ci', 'utf8mb4_unicode_ci'])(
  'the database finds due hosts without reading the backlog (%s)',
  async (collation) => {
    await world.query(`ALTER TABLE merchant_notice MODIFY state VARCHAR(10) COLLATE ${collation} NOT NULL`);
    const first = await paid(urlAt('living.example', '/told'));
    await multiply(world, first, { orderNo: 'backlog', url: urlAt('dead.example', '/dead'), count: 900 });
    await multiply(world, first, { orderNo: 'backlog', url: urlAt('dead-too.example', '/dead'), count: 900 });
    await world.query('ANALYZE TABLE merchant_notice');
    const db = await openDatabase(world.env.DATABASE_URL ?? '', entities, []);
    onTestFinished(() => db.destroy());
    const asked: { sql: string; parameters: unknown[] }[] = [];
    const logQuery = (sql: string, parameters: unknown[] = []) => void asked.push({ sql, parameters });
    db.logger = Object.assign(Object.create(db.logger), { logQuery });
    await createNoticeStore(db).dueHosts(new Date());
    const { sql = '', parameters } = asked.find((each) => each.sql.includes('merchant_notice')) ?? {};
    const plan: unknown = await db.query(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, parameters);
    expect(JSON.stringify(plan)).toContain('Using index for group-by');
  },
);
