import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource, QueryRunner } from 'typeorm';
import { migrations } from '../migrations/index.ts';
import { openDatabase } from './platform/mysql/database.ts';
import { isDatabaseUnavailable } from './platform/mysql/permanent-error.ts';
import { withVariableName } from './platform/mysql/variable-name.ts';

const LOCK_WAIT_S = 300;
/** One lock per database; MySQL allows names of up to 64 characters, for the whole server. */
const LOCK = "CONCAT('autoclose.', LEFT(SHA2(DATABASE(), 256), 40))";
/** The lock's connection is idle while a large table is altered: the server must not close it, s. */
const LOCK_IDLE_S = 7 * 86_400;

/** Errors of our migration when another process, without a common lock, has made the same change. */
const LOST_RACE = [
  'ER_TABLE_EXISTS_ERROR',
  'ER_DUP_FIELDNAME',
  'ER_DUP_KEYNAME',
  'ER_CANT_DROP_FIELD_OR_KEY',
  'ER_DUP_ENTRY',
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_QUERY_INTERRUPTED',
];
const TRIES = 30;
const PAUSE_MS = 500;

/**
 * Migrates the database to this version. Several processes may call it at once: one migrates, the others wait and find nothing
 * to do; on cluster nodes without a common lock, each runs what the others have not (decision 29). Returns the names of the
 * migrations that were missing.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const opening = openDatabase(databaseUrl, [], migrations, { closeWhenSilent: false });
  const db = await withVariableName('DATABASE_URL', opening);
  const lock = db.createQueryRunner();
  try {
    await takeLock(lock);
    return await runMissing(db);
  } finally {
    await lock.release();
    await db.destroy();
  }
}

/**
 * Runs the missing migrations, even while other processes do the same without a lock: every migration can be run again from
 * any point, and a process that loses a race retries with what is left.
 */
export async function runMissing(db: DataSource): Promise<string[]> {
  const missing = await missingFrom(db);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await db.runMigrations();
      break;
    } catch (error) {
      if (attempt >= TRIES || !hasLostRace(error)) throw error;
    }
    await wait(PAUSE_MS * Math.random());
  }
  // Two processes that ran the same migration have both recorded it.
  await db.query(
    'DELETE later FROM autoclose_migrations later JOIN autoclose_migrations first ON first.name = later.name AND first.id < later.id',
  );
  return missing;
}

/** Waits for the server's lock. A cluster that reports that it has no locks is migrated without. */
async function takeLock(lock: QueryRunner): Promise<void> {
  const [database]: { name: string | null }[] = await lock.query('SELECT DATABASE() AS name');
  if ((database?.name ?? null) === null) throw new Error('DATABASE_URL: has no database name');
  await lock.query(`SET SESSION wait_timeout = ${LOCK_IDLE_S}`);
  let result: { acquired: string | number | null }[];
  try {
    result = await lock.query(`SELECT GET_LOCK(${LOCK}, ${LOCK_WAIT_S}) AS acquired`);
  } catch (error) {
    if (isDatabaseUnavailable(error)) throw error;
    return;
  }
  if (Number(result[0]?.acquired) !== 1)
    throw new Error('Another process has been migrating this database for too long.');
}

async function missingFrom(db: DataSource): Promise<string[]> {
  const ours = db.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const tables: unknown[] = await db.query("SHOW TABLES LIKE 'autoclose_migrations'");
  if (tables.length === 0) return ours;
  const rows: { name: string }[] = await db.query('SELECT name FROM autoclose_migrations');
  return ours.filter((name) => !rows.some((row) => row.name === name));
}

function hasLostRace(error: unknown): boolean {
  return error instanceof Error && 'code' in error && LOST_RACE.includes(String(error.code));
}
