import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { migrate, runMissing } from '../../src/migrate.ts';
import { openDatabase } from '../../src/platform/mysql/database.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

test('any migration interrupted between its statement and its record runs again', async () => {
  const { DATABASE_URL: databaseUrl = '' } = world.env;
  for (const name of migrations.map((Migration) => new Migration().name)) {
    await world.query(`DELETE FROM autoclose_migrations WHERE name = '${name}'`);
    expect(await migrate(databaseUrl)).toContain(name);
  }
  expect(await migrate(databaseUrl)).toEqual([]);
});

test('orders are created while a migration waits for a long read, and it finishes after that', async () => {
  const { DATABASE_URL: databaseUrl = '' } = world.env;
  await world.query('ALTER TABLE payment_order DROP KEY ix_paid_at');
  await world.query("DELETE FROM autoclose_migrations WHERE name = 'Traces1759100000000'");
  const db = await openDatabase(databaseUrl, [], [], { closeWhenSilent: false });
  const reader = db.createQueryRunner();
  await reader.startTransaction();
  await reader.query('SELECT COUNT(*) FROM payment_order');
  const migrating = migrate(databaseUrl);
  await until('it waits', async () => {
    const waiting = await world.query(
      "SELECT 1 FROM information_schema.processlist WHERE state LIKE 'Waiting for table metadata lock' AND info LIKE 'ALTER%'",
    );
    return Array.isArray(waiting) && waiting.length > 0;
  });
  await world.create('ali_pay');
  await reader.commitTransaction();
  expect(await migrating).toEqual(['Traces1759100000000']);
  expect(await world.query("SHOW KEYS FROM payment_order WHERE Key_name = 'ix_paid_at'")).toHaveLength(1);
  await reader.release();
  await db.destroy();
});

test('concurrent processes without a common lock, as on cluster nodes, migrate an empty database', async () => {
  const { DATABASE_URL: databaseUrl = '' } = world.env;
  const empty = `${new URL(databaseUrl).pathname.slice(1)}_e`;
  await world.query(`CREATE DATABASE ${empty} CHARACTER SET utf8mb4`);
  onTestFinished(async () => void (await world.query(`DROP DATABASE ${empty}`)));
  const url = new URL(databaseUrl);
  url.pathname = `/${empty}`;
  const open = () => openDatabase(url.href, [], migrations, { closeWhenSilent: false });
  const nodes = await Promise.all([open(), open(), open()]);
  await Promise.all(nodes.map(runMissing));
  await Promise.all(nodes.map((db) => db.destroy()));
  const alone = `${empty}_alone`;
  await world.query(`CREATE DATABASE ${alone} CHARACTER SET utf8mb4`);
  onTestFinished(async () => void (await world.query(`DROP DATABASE ${alone}`)));
  url.pathname = `/${alone}`;
  await migrate(url.href);
  expect(await schemaOf(empty)).toEqual(await schemaOf(alone));
  const recorded = await world.query(`SELECT name FROM ${empty}.autoclose_migrations ORDER BY name`);
  expect(recorded).toEqual(
    migrations
      .map((Migration) => ({ name: new Migration().name }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  );
}, 120_000);

test('of several concurrent processes one migrates, and the others find nothing to do', async () => {
  const { DATABASE_URL: databaseUrl = '' } = world.env;
  await world.query("DELETE FROM autoclose_migrations WHERE name = 'Traces1759100000000'");
  const ran = await Promise.all([1, 2, 3].map(() => migrate(databaseUrl)));
  expect(ran.flat()).toEqual(['Traces1759100000000']);
});

test('a URL without a database is reported', async () => {
  const url = new URL(world.env.DATABASE_URL ?? '');
  url.pathname = '/';
  await expect(migrate(url.href)).rejects.toThrow('DATABASE_URL: has no database name');
});

/** Every column and key of a database, from its information schema. */
const schemaOf = async (database: string) => [
  await world.query(
    `SELECT table_name, ordinal_position, column_name, column_type, is_nullable, column_default, collation_name
     FROM information_schema.columns WHERE table_schema = '${database}' ORDER BY table_name, column_name`,
  ),
  await world.query(
    `SELECT table_name, index_name, seq_in_index, column_name, non_unique
     FROM information_schema.statistics WHERE table_schema = '${database}' ORDER BY 1, 2, 3`,
  ),
];
