import { migrations } from '../migrations/index.ts';
import { openDatabase } from './platform/database.ts';

const LOCK_WAIT_S = 60;

/**
 * Brings the database to this version. Several processes may do it at once: one works, the others wait and find
 * nothing left. Returns the names of the migrations that ran.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const db = await openDatabase(databaseUrl, [], migrations);
  const lock = db.createQueryRunner();
  try {
    await lock.query(`SELECT GET_LOCK('autoclose.migrate', ${LOCK_WAIT_S})`);
    const ran = await db.runMigrations();
    return ran.map(({ name }) => name);
  } finally {
    await lock.release();
    await db.destroy();
  }
}
