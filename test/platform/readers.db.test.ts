import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, readersDatabase } from '../../src/platform/mysql/database.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.end());

const databaseUrl = () => world.env.DATABASE_URL ?? '';

test('orders are read while all queries for people are blocked', async () => {
  const db = await openDatabase(databaseUrl(), [], []);
  const holder = db.createQueryRunner();
  await holder.query('LOCK TABLES admin_audit WRITE');
  const entry = {
    actor: 'li',
    ip: null,
    action: 'a',
    subject: null,
    before: null,
    after: null,
    outcome: 'ok',
  };
  const audits = Array.from({ length: 50 }, () => world.app.admin.audit(entry).catch(() => {}));
  expect(await world.app.deps.store.find('A1')).toBeNull();
  await holder.query('UNLOCK TABLES');
  await Promise.all(audits);
  await holder.release();
  await db.destroy();
});

test('no statement for people takes longer than five seconds, and their times are in UTC as well', async () => {
  const db = await readersDatabase(databaseUrl(), []).initialize();
  const limits: { Value: string }[] = await db.query(
    "SHOW VARIABLES WHERE Variable_name IN ('max_statement_time', 'max_execution_time')",
  );
  expect(limits.map(({ Value: value }) => Number(value))).toEqual([expect.toSatisfy(isFiveSeconds)]);
  expect(await db.query('SELECT @@session.time_zone AS zone')).toEqual([{ zone: '+00:00' }]);
  await db.destroy();
});

/** In seconds on MariaDB, in milliseconds on MySQL. */
const isFiveSeconds = (limit: number) => limit === 5 || limit === 5_000;
