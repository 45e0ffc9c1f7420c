import { openDatabase } from '../../platform/mysql/database.ts';
import { DEMO } from './demo-user.ts';

/** The tables that have rows after a quickstart, and the column by which these rows are recognized. */
const marks = [
  { table: 'payment_order', column: 'biz_order_no' },
  { table: 'admin_user', column: 'name' },
];

/** Created first: a quickstart may have been interrupted before it created other tables. */
const FIRST_TABLE = 'autoclose_migrations';

/**
 * Throws unless the database is empty or only quickstarts have used it. In any other, migrations would change the schema, the
 * sweep would find its orders, and the demo user would have access to its admin page.
 */
export async function refuseForeignDatabase(databaseUrl: string): Promise<void> {
  const db = await openDatabase(databaseUrl, [], []);
  try {
    const tables: { name: string }[] = await db.query(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE()',
    );
    if (tables.length === 0) return;
    const known = marks.filter(({ table }) => tables.some(({ name }) => name === table));
    let isForeign = !tables.some(({ name }) => name === FIRST_TABLE);
    for (const { table, column } of known) {
      const sql = `SELECT 1 FROM ${table} WHERE ${column} NOT LIKE ? LIMIT 1`;
      isForeign ||= (await db.query(sql, [`${DEMO}%`])).length > 0;
    }
    if (isForeign) throw new Error('DATABASE_URL: the database is in use. Give the quickstart an empty one.');
  } finally {
    await db.destroy();
  }
}

/**
 * Ends the unfinished work of an interrupted quickstart: its gateways and its shop are gone, and its orders and notices
 * would be retried in vain.
 */
export async function forgetUnfinished(databaseUrl: string): Promise<void> {
  const db = await openDatabase(databaseUrl, [], []);
  try {
    await db.query('UPDATE payment_order SET next_close_at = NULL WHERE next_close_at IS NOT NULL');
    await db.query(
      "UPDATE merchant_notice SET state = 'given_up', next_at = NULL, ended_at = UTC_TIMESTAMP(3) WHERE state = 'pending'",
    );
  } finally {
    await db.destroy();
  }
}
