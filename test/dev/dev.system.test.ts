import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { claimDatabase, resetDatabase } from '../../dev/database/own-database.ts';
import { resetDevelopment } from '../../dev/database/reset.ts';
import { devEnvOf, PORTS, readEnv, runOf } from '../../dev/environment.ts';
import { seedOrders } from '../../dev/orders/seed-orders.ts';
import { type Development, startDevelopment } from '../../dev/start.ts';
import { phaseOf, phases } from '../../src/order/lifecycle.ts';
import { orderStatuses } from '../../src/order/order.ts';
import { PaymentOrderEntity } from '../../src/order/store/entities.ts';
import { entities } from '../../src/order/store/tables.ts';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { freePort } from '../../src/sandbox/services/free-port.ts';
import { createVisitor } from '../admin/visitor.ts';
import { until } from '../support/until.ts';

const name = `t${randomBytes(6).toString('hex')}`;
const databaseUrl = new URL(inject('databaseUrl'));
databaseUrl.pathname = `/${name}`;
let admin: DataSource;
let development: Development;
let folder: string;
beforeAll(async () => {
  admin = await new DataSource({ type: 'mysql', url: inject('databaseUrl') }).initialize();
  await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  folder = await mkdtemp(join(tmpdir(), 'dev-'));
  const ports = { ...PORTS };
  for (const part of ['program', 'gateways', 'page', 'debugger'] as const) ports[part] = await freePort();
  development = await startDevelopment({
    env: {
      ...process.env,
      LOG_LEVEL: 'silent',
      DATABASE_URL: databaseUrl.href,
      REDIS_URL: inject('redisUrl'),
    },
    ports,
    folder,
    say: () => undefined,
  });
});
afterAll(async () => {
  await development?.stop();
  await rm(folder, { recursive: true });
  await admin.query(`DROP DATABASE ${name}`);
  await admin.destroy();
});

const theProgram = ({ PUBLIC_URL }: Record<string, string>) =>
  until('the program answers', () => fetch(`${PUBLIC_URL}/healthz`).catch(() => null));

test('the page is served with the program’s API behind it, for the user that was printed', async () => {
  const { pageUrl, user, env } = development;
  await theProgram(env);
  const page = await fetch(pageUrl);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('/admin/@vite/client')]);
  const visitor = createVisitor(new URL(pageUrl).origin);
  expect((await visitor.logIn(user.name, user.password)).status).toBe(200);
});

test('the gateways answer, and the program has their addresses', async () => {
  const { env } = development;
  expect(await readEnv(folder)).toMatchObject(env);
  expect((await fetch(`${env.ALIPAY_ENDPOINT}/__sim/orders`)).status).toBe(200);
});

test('seed adds orders of every status and every phase, at every channel', async () => {
  const { databaseUrl: url, accounts } = devEnvOf(development.env);
  const db = await openDatabase(url, entities, []);
  try {
    const count = await seedOrders(db, accounts, new Date());
    const rows: { status: string; channels: string; orders: string }[] = await db.query(
      'SELECT status, COUNT(DISTINCT channel) AS channels, COUNT(*) AS orders FROM payment_order GROUP BY status',
    );
    expect(rows.map(({ status }) => status).toSorted()).toEqual(orderStatuses.toSorted());
    expect(rows.every(({ channels }) => Number(channels) === Object.keys(accounts).length)).toBe(true);
    const seeded = await db.getRepository(PaymentOrderEntity).find();
    const found = new Set(seeded.map((order) => phaseOf(order, new Date())));
    expect([...found].toSorted()).toEqual(Object.keys(phases).toSorted());
    expect(rows.reduce((sum, { orders }) => sum + Number(orders), 0)).toBe(count);
  } finally {
    await db.destroy();
  }
});

test('reset empties the database, and the restarted program accepts the new password', async () => {
  const { name: user, password } = await resetDevelopment(folder);
  const [{ orders }] = await admin.query(`SELECT COUNT(*) AS orders FROM ${name}.payment_order`);
  expect(Number(orders)).toBe(0);
  const { REDIS_PREFIX: prefix } = await readEnv(folder);
  const redis = new Redis(inject('redisUrl'));
  await until('the program has restarted', () => redis.get(`${prefix}:owner`));
  redis.disconnect();
  await theProgram(development.env);
  const visitor = createVisitor(new URL(development.pageUrl).origin);
  expect((await visitor.logIn(user, password)).status).toBe(200);
});

test('after stopping, nothing is left in Redis or in the folder', async () => {
  const run = runOf(development.env.REDIS_PREFIX ?? '');
  await development.stop();
  expect(await readdir(folder)).toEqual([]);
  const redis = new Redis(inject('redisUrl'));
  expect(await redis.keys(`${run}*`)).toEqual([]);
  redis.disconnect();
});

test("a database that is not development's is neither used nor emptied", async () => {
  const foreign = new URL(databaseUrl);
  foreign.pathname = `/${name}_foreign`;
  await admin.query(`CREATE DATABASE ${name}_foreign`);
  try {
    await admin.query(`CREATE TABLE ${name}_foreign.payment_order (id INT)`);
    await expect(claimDatabase(foreign.href)).rejects.toThrow('the database is in use');
    await expect(resetDatabase(foreign.href)).rejects.toThrow('nothing was changed');
    expect(await admin.query(`SHOW TABLES FROM ${name}_foreign`)).toHaveLength(1);
  } finally {
    await admin.query(`DROP DATABASE ${name}_foreign`);
  }
});
