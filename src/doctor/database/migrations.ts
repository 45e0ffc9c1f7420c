import type { DataSource } from 'typeorm';
import { type Finding, fail, ok, warn } from '../finding.ts';

/** Whether the schema is of this version and writable. Changes nothing. */
export async function checkMigrations(db: DataSource): Promise<Finding[]> {
  const check = 'migrations';
  const fix = 'run `autoclose migrate`';
  const ours = db.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const ran = await migrationsThatRan(db);
  if (ran.length === 0) return [fail(check, 'the database is not migrated', fix)];
  const missing = ours.filter((name) => !ran.includes(name));
  if (missing.length > 0) return [fail(check, `not yet run: ${missing.join(', ')}`, fix)];
  const newer = ran.filter((name) => !ours.includes(name));
  const finding =
    newer.length === 0
      ? ok(check, `all ${ours.length} have run`)
      : warn(check, `the database is newer than this version: ${newer.join(', ')}`, 'upgrade this process');
  return [finding, ...(await checkTable(db))];
}

async function migrationsThatRan(db: DataSource): Promise<string[]> {
  const tables: unknown[] = await db.query("SHOW TABLES LIKE 'autoclose_migrations'");
  if (tables.length === 0) return [];
  const rows: { name: string }[] = await db.query('SELECT name FROM autoclose_migrations');
  return rows.map(({ name }) => name);
}

async function checkTable(db: DataSource): Promise<Finding[]> {
  const check = 'tables';
  const [table]: { engine: string; collation: string }[] = await db.query(
    `SELECT ENGINE AS engine, TABLE_COLLATION AS collation FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'payment_order'`,
  );
  if (table === undefined) return [fail(check, 'payment_order is missing', 'restore the database')];
  if (table.engine !== 'InnoDB' || !table.collation.startsWith('utf8mb4'))
    return [fail(check, `${table.engine}, ${table.collation}`, 'convert the tables to InnoDB and utf8mb4')];
  try {
    // Changes nothing, and is rejected for a user without write permission.
    await db.query('UPDATE payment_order SET close_attempts = close_attempts WHERE 1 = 0');
    return [ok(check, 'InnoDB, utf8mb4, writable')];
  } catch {
    const fix = 'GRANT SELECT, INSERT, UPDATE, DELETE on the database to the user of DATABASE_URL';
    return [fail(check, 'the user has no permission to change orders', fix)];
  }
}
