import { openDatabase } from '../../platform/mysql/database.ts';
import { DEMO } from './demo-user.ts';

/** What quickstarts leave behind, by the column that tells whose it is. */
const traces = [
  { table: 'payment_order', column: 'biz_order_no' },
  { table: 'admin_user', column: 'name' },
];

/** Is there as soon as anything of ours is: a quickstart may have been cut off before it had made another table. */
const FIRST_TABLE = 'autoclose_migrations';

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
 * Lets rest what an earlier quickstart left undone that was cut off: its gateways and its shop are gone, so that its orders
 * and notices would only be tried in vain beside those of this one.
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
