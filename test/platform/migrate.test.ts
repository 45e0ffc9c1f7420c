import { afterAll, beforeAll, expect, test } from 'vitest';
import { migrations } from '../../migrations/index.ts';
import { migrate } from '../../src/migrate.ts';
import { openDatabase } from '../../src/platform/database.ts';
import { until } from '../support/until.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

test('a migration that died between its statement and its record runs again, whichever it was', async () => {
  const { DATABASE_URL: databaseUrl = '' } = world.env;
  for (const name of migrations.map((Migration) => new Migration().name)) {
    await world.query(`DELETE FROM autoclose_migrations WHERE name = '${name}'`);
    expect(await migrate(databaseUrl)).toContain(name);
  }
  expect(await migrate(databaseUrl)).toEqual([]);
});

test('orders are made while a migration waits behind a long read, and it ends when that does', async () => {
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
