import { openDatabase } from '../platform/database.ts';
import { DEMO } from './demo-user.ts';

/** What quickstarts leave behind, by the column that tells whose it is. */
const traces = [
  { table: 'payment_order', column: 'biz_order_no' },
  { table: 'admin_user', column: 'name' },
];

/**
 * With DATABASE_URL set to a database that is in use, migrations would change it, the sweep would meet its orders, and
 * one more person could use its admin page: throws unless it is empty, or only earlier quickstarts have used it.
 */
export async function refuseForeignDatabase(databaseUrl: string): Promise<void> {
  const db = await openDatabase(databaseUrl, [], []);
  try {
    const tables: { name: string }[] = await db.query(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    if (tables.length === 0) return;
    const known = traces.filter(({ table }) => tables.some(({ name }) => name === table));
    let isForeign = known.length === 0;
    for (const { table, column } of known) {
      const sql = `SELECT 1 FROM ${table} WHERE ${column} NOT LIKE ? LIMIT 1`;
      isForeign ||= (await db.query(sql, [`${DEMO}%`])).length > 0;
    }
    if (isForeign) throw new Error('DATABASE_URL: the database is in use. Give the quickstart an empty one.');
  } finally {
    await db.destroy();
  }
}
