import type { DataSource } from 'typeorm';
import { type Finding, fail, ok, warn } from '../finding.ts';

/** Whether the tables are of this version, and can be written. Creates nothing. */
export async function checkMigrations(db: DataSource): Promise<Finding[]> {
  const check = 'migrations';
  const mend = 'run `autoclose migrate`';
  const ours = db.migrations.map((migration) => migration.name ?? migration.constructor.name);
  const ran = await migrationsThatRan(db);
  if (ran.length === 0) return [fail(check, 'the database is not migrated', mend)];
  const missing = ours.filter((name) => !ran.includes(name));
  if (missing.length > 0) return [fail(check, `not yet run: ${missing.join(', ')}`, mend)];
  const newer = ran.filter((name) => !ours.includes(name));
  const finding =
    newer.length === 0
      ? ok(check, `all ${ours.length} have run`)
      : warn(check, `the database knows more than this version: ${newer.join(', ')}`, 'upgrade this process');
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
  if (table === undefined) return [fail(check, 'payment_order is not there', 'restore the database')];
  if (table.engine !== 'InnoDB' || !table.collation.startsWith('utf8mb4'))
    return [fail(check, `${table.engine}, ${table.collation}`, 'convert the tables to InnoDB and utf8mb4')];
  try {
    // Changes nothing, and is refused all the same to whoever may not change anything.
    await db.query('UPDATE payment_order SET close_attempts = close_attempts WHERE 1 = 0');
    return [ok(check, 'InnoDB, utf8mb4, writable')];
  } catch {
    const mend = 'GRANT SELECT, INSERT, UPDATE, DELETE on the database to the user of DATABASE_URL';
    return [fail(check, 'the user may not change orders', mend)];
  }
}
