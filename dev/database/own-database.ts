import { migrate } from '../../src/migrate.ts';
import { openDatabase } from '../../src/platform/mysql/database.ts';

/** This table marks a database as one for development, which may be emptied. */
const MARK = 'autoclose_dev';

/**
 * Migrates the database. Throws, without changes, if it has tables but was never claimed: it may be in use for something
 * else.
 */
export async function claimDatabase(databaseUrl: string): Promise<void> {
  const tables = await tablesOf(databaseUrl);
  if (tables.length > 0 && !tables.includes(MARK))
    throw new Error('DATABASE_URL: the database is in use. Give development an empty one.');
  await run(databaseUrl, [`CREATE TABLE IF NOT EXISTS ${MARK} (id INT PRIMARY KEY)`]);
  await migrate(databaseUrl);
}

/** Drops all tables of a claimed database and migrates it again. Throws, without changes, for any other. */
export async function resetDatabase(databaseUrl: string): Promise<void> {
  const tables = await tablesOf(databaseUrl);
  if (!tables.includes(MARK)) throw new Error('The database is not for development: nothing was changed.');
  // Keeps the mark, so that an interrupted reset can be repeated.
  const others = tables.filter((name) => name !== MARK);
  await run(
    databaseUrl,
    others.map((name) => `DROP TABLE \`${name}\``),
  );
  await claimDatabase(databaseUrl);
}

async function tablesOf(databaseUrl: string): Promise<string[]> {
  const db = await openDatabase(databaseUrl, [], []);
  try {
    const rows: { name: string }[] = await db.query(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    return rows.map(({ name }) => name);
  } finally {
    await db.destroy();
  }
}

async function run(databaseUrl: string, statements: string[]): Promise<void> {
  const db = await openDatabase(databaseUrl, [], []);
  try {
    for (const statement of statements) await db.query(statement);
  } finally {
    await db.destroy();
  }
}
