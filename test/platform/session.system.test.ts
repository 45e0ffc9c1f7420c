import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../../src/client/client.ts';
import { migrate } from '../../src/migrate.ts';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { type OwnServer, startOwnDatabase } from '../../src/sandbox/services/services.ts';
import { createWorld, SIGN_SECRET, type World } from '../support/world.ts';

/** A server with the worst defaults for us: every session sets its own, and is checked. */
let server: OwnServer;
let world: World;
let limitedUrl: string;
beforeAll(async () => {
  const databaseSettings = [
    '--sql-mode=NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT',
    '--default-time-zone=+08:00',
    '--transaction-isolation=SERIALIZABLE',
    // Run for users without special permissions.
    '--init-connect=SET autocommit = 0, NAMES gbk',
    '--log-bin=log',
    '--server-id=1',
    '--binlog-format=STATEMENT',
  ];
  server = await startOwnDatabase({ env: process.env, say: () => {}, databaseSettings });
  limitedUrl = await createUser();
  world = await createWorld({}, server.url);
  await world.app.serve();
});
afterAll(async () => {
  await world?.end();
  await server?.stop();
});

async function createUser(): Promise<string> {
  const db = await openDatabase(server.url, [], []);
  const password = randomBytes(8).toString('hex');
  await db.query('CREATE DATABASE limited CHARACTER SET utf8mb4');
  await db.query(`CREATE USER limited@'%' IDENTIFIED BY '${password}'`);
  await db.query("GRANT ALL ON limited.* TO limited@'%'");
  await db.destroy();
  const url = new URL(server.url);
  url.username = 'limited';
  url.password = password;
  url.pathname = '/limited';
  return url.href;
}

const open = async (closeWhenSilent: boolean) => {
  const db = await openDatabase(limitedUrl, [], [], { closeWhenSilent });
  onTestFinished(() => db.destroy());
  return db;
};

describe.each([
  ['the program', true],
  ['a migration', false],
] as const)('a session of %s', (_, closeWhenSilent) => {
  test('is strict, escapes, autocommits and is in UTC', async () => {
    const db = await open(closeWhenSilent);
    const [row] = await db.query(
      'SELECT @@SESSION.sql_mode AS mode, @@SESSION.autocommit AS autocommit, @@SESSION.time_zone AS zone',
    );
    expect(row.mode).toContain('STRICT_TRANS_TABLES');
    expect(row.mode).not.toMatch(/NO_BACKSLASH_ESCAPES|ANSI_QUOTES|PIPES_AS_CONCAT/);
    expect(Number(row.autocommit)).toBe(1);
    expect(row.zone).toBe('+00:00');
  });

  test('stores any value unchanged', async () => {
    const db = await open(closeWhenSilent);
    const texts = ["\\' OR 1=1 -- ", 'a\\', '"', "'", '\\\\"', 'a\u0000b\u001a', '付款', '¿½😀'];
    for (const text of texts) {
      const [row] = await db.query('SELECT ? AS same, CHAR_LENGTH(?) AS length', [text, text]);
      expect(row.same).toBe(text);
      expect(Number(row.length)).toBe([...text].length);
    }
  });
});

test('a number in a signed request is never part of the statement', async () => {
  const order = await world.create('wechat_pay');
  const client = createClient({
    baseUrl: world.env.PUBLIC_URL ?? '',
    signSecret: SIGN_SECRET,
    signType: 'HMAC_SHA256',
  });
  for (const bizOrderNo of ["\\' OR 1=1 -- x", "\\' OR biz_order_no <> \\'", 'x\\'])
    expect(await client.close({ bizOrderNo })).toMatchObject({ ok: false });
  expect(await world.reload(order)).toMatchObject({ status: 'progress', closeAttempts: 0 });
  expect(world.simulator.control.log({ operation: 'close', orderNo: order.orderNo })).toEqual([]);
});

test('with binary logging by statement orders close, and the guarded updates work', async () => {
  const order = await world.expire(
    await world.create('wechat_pay', { notifyUrl: 'https://shop.example.com/n' }),
  );
  expect(await world.close(order)).toMatchObject({ kind: 'closed' });
  const [row] = (await world.query('SELECT COUNT(*) AS n FROM merchant_notice')) as { n: string }[];
  expect(Number(row?.n)).toBe(1);
});

test('migrations run on it, for a user without special permissions', async () => {
  expect((await migrate(limitedUrl)).length).toBeGreaterThan(0);
  expect(await migrate(limitedUrl)).toEqual([]);
});
