import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { migrate } from '../../../src/migrate.ts';

/**
 * MariaDB's default collation is that of our connections; MySQL 8 and others have another. So the tests' tables have another
 * one everywhere: a comparison of a column with a value that has a collation too fails here as it would there.
 */
const CONNECTIONS_COLLATION = /COLLATE=utf8mb4_general_ci/;
const OTHER_COLLATION = 'COLLATE=utf8mb4_unicode_ci';

/**
 * Statements that turn an empty database into a migrated one, except for its installation id: each test file's database is
 * copied instead of migrated. `migrate.db.test.ts` tests the migrations themselves.
 */
export async function readTemplate(serverUrl: string): Promise<string[]> {
  const url = new URL(serverUrl);
  url.pathname = `/template_${randomUUID().slice(0, 8)}`;
  const name = url.pathname.slice(1);
  const admin = await new DataSource({ type: 'mysql', url: serverUrl }).initialize();
  await admin.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await migrate(url.href);
  const db = await new DataSource({ type: 'mysql', url: url.href }).initialize();
  const tables: { name: string }[] = await db.query(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
  );
  const statements: string[] = [];
  for (const { name: table } of tables) {
    const [row]: { 'Create Table': string }[] = await db.query(`SHOW CREATE TABLE \`${table}\``);
    if (row === undefined) continue;
    statements.push(
      row['Create Table'].replace(/ AUTO_INCREMENT=\d+/, '').replace(CONNECTIONS_COLLATION, OTHER_COLLATION),
    );
  }
  const done: { timestamp: string; name: string }[] = await db.query(
    'SELECT timestamp, name FROM autoclose_migrations ORDER BY id',
  );
  const values = done.map(({ timestamp, name: migration }) => `(${timestamp}, '${migration}')`);
  statements.push(`INSERT INTO autoclose_migrations (timestamp, name) VALUES ${values.join(', ')}`);
  await db.destroy();
  await admin.query(`DROP DATABASE ${name}`);
  await admin.destroy();
  return statements;
}

/** Turns the empty database at `url` into a migrated one. */
export async function applyTemplate(url: string, statements: readonly string[]): Promise<void> {
  const db = await new DataSource({ type: 'mysql', url }).initialize();
  for (const statement of statements) await db.query(statement);
  await db.query('INSERT INTO installation (id, uuid) VALUES (1, ?)', [randomUUID()]);
  await db.destroy();
}
