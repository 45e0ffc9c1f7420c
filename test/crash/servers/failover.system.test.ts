import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openApp } from '../../../src/app.ts';
import { readConfig } from '../../../src/config.ts';
import type { Readiness } from '../../../src/http/health/routes.ts';
import { migrate } from '../../../src/migrate.ts';
import { createOrder } from '../../../src/order/create/create-order.ts';
import { requestClose } from '../../../src/order/requests/close-cancel-sync.ts';
import { createLogger } from '../../../src/platform/log/logger.ts';
import { openDatabase } from '../../../src/platform/mysql/database.ts';
import { type OwnServer, startOwnDatabase } from '../../../src/sandbox/services/services.ts';
import { type SilencingProxy, startProxy } from '../../support/proxy.ts';
import { until } from '../../support/until.ts';
import { createWorld, orderRequest, type World } from '../../support/world.ts';

/** A managed failover: the address points to a new primary, and the old one stays up, read-only, with its connections. */
let old: OwnServer;
let fresh: OwnServer;
let proxy: SilencingProxy;
let world: World;
let folder: string;
const password = randomBytes(8).toString('hex');
beforeAll(async () => {
  const options = { env: process.env, say: () => {} };
  [old, fresh] = await Promise.all([startOwnDatabase(options), startOwnDatabase(options)]);
  world = await createWorld({ SWEEP_INTERVAL_MS: '500' }, old.url);
  proxy = await startProxy(old.url);
  folder = await mkdtemp(join(tmpdir(), 'autoclose-failover-'));
});
afterAll(async () => {
  await world?.end();
  await proxy?.end();
  await Promise.all([old?.stop(), fresh?.stop()]);
  await rm(folder, { recursive: true });
});

async function admin(server: OwnServer): Promise<DataSource> {
  const url = new URL(server.url);
  url.pathname = new URL(world.env.DATABASE_URL ?? '').pathname;
  const db = await openDatabase(url.href, [], []);
  onTestFinished(() => db.destroy());
  return db;
}
const name = () => new URL(world.env.DATABASE_URL ?? '').pathname.slice(1);
/** Without the permissions that let an administrator write to a read-only server. */
async function createUser(db: DataSource, more = ''): Promise<void> {
  await db.query("DROP USER IF EXISTS shop@'%'");
  await db.query(`CREATE USER shop@'%' IDENTIFIED BY '${password}' ${more}`);
  await db.query(`GRANT ALL ON ${name()}.* TO shop@'%'`);
}
function asShop(address: string): string {
  const url = new URL(address);
  url.username = 'shop';
  url.password = password;
  url.pathname = `/${name()}`;
  return url.href;
}
/** As replication does: the same rows on the new primary. */
async function copyOrders(from: DataSource, to: DataSource): Promise<void> {
  const rows: Record<string, unknown>[] = await from.query('SELECT * FROM payment_order');
  for (const row of rows) {
    const columns = Object.keys(row);
    const places = columns.map(() => '?').join(', ');
    await to.query(
      `INSERT INTO payment_order (${columns.join(', ')}) VALUES (${places})`,
      Object.values(row),
    );
  }
}

test('a busy process leaves the old primary, logs it once, and closes everything on the new one', async () => {
  const [atOld, emptyUrl] = [await admin(old), new URL(fresh.url)];
  const bare = await openDatabase(fresh.url, [], []);
  await bare.query(`CREATE DATABASE ${name()} CHARACTER SET utf8mb4`);
  await bare.destroy();
  emptyUrl.pathname = `/${name()}`;
  await migrate(emptyUrl.href);
  const atNew = await admin(fresh);
  await Promise.all([createUser(atOld), createUser(atNew)]);

  const expiresAt = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 4_000);
  const orders = await Promise.all(
    Array.from({ length: 20 }, () => world.create('wechat_pay', { expiresAt })),
  );
  await copyOrders(atOld, atNew);
  const file = join(folder, 'log');
  const env = { ...world.env, DATABASE_URL: asShop(proxy.url), METRICS_PORT: '0' };
  const app = await openApp(readConfig(env), createLogger('info', { file }));
  onTestFinished(() => app.close());
  app.work();
  const url = await app.serve();
  await atOld.query('SET GLOBAL read_only = 1');

  const ready = async () => (await (await fetch(`${url}/readyz`)).json()) as Readiness;
  await until('it says that it cannot write', async () => {
    const { status, dependencies } = await ready();
    return status === 'unavailable' && dependencies.database === 'read_only';
  });
  const errors = () =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.includes('"level":50') || line.includes('"level":"error"'));
  await until('it is reported', () => errors().length > 0);
  proxy.redirect(fresh.url);

  await until('all are closed at the new primary', async () => {
    const [row] = await atNew.query("SELECT COUNT(*) AS n FROM payment_order WHERE status = 'close'");
    return Number(row.n) === orders.length;
  });
  await until('it is ready again', async () => (await ready()).dependencies.database === 'ok');
  expect(errors().map((line) => JSON.parse(line).msg)).toEqual(['database unavailable; due work waits']);
  expect(await atOld.query("SELECT COUNT(*) AS n FROM payment_order WHERE status = 'close'")).toMatchObject([
    { n: '0' },
  ]);
});

describe('with a limit of five connections', () => {
  test('forty orders at once are all created, and all closed', async () => {
    const db = await admin(fresh);
    await createUser(db, 'WITH MAX_USER_CONNECTIONS 5');
    const app = await world.openApp({ DATABASE_URL: asShop(fresh.url) });
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, (_, count) =>
        createOrder(app.deps, orderRequest('wechat_pay', `limited-${count}`)),
      ),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array(40).fill('created'));
    const trigger = { kind: 'api', actor: null, clientIp: null } as const;
    const closed = await Promise.all(
      Array.from({ length: 40 }, (_, count) =>
        requestClose(app.deps, { orderNo: null, bizOrderNo: `limited-${count}` }, trigger),
      ),
    );
    expect(closed.map(({ kind }) => kind)).toEqual(Array(40).fill('closed'));
  });
});
