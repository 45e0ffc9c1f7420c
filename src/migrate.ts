import { migrations } from '../migrations/index.ts';
import { openDatabase } from './platform/database.ts';
import { naming } from './platform/naming.ts';

const LOCK_WAIT_S = 300;
/** One lock for each database; MySQL takes names of up to 64 characters, for the whole server. */
const LOCK = "CONCAT('autoclose.', MD5(DATABASE()))";

/**
 * Brings the database to this version. Several processes may do it at once: one works, the others wait and find
 * nothing left. Returns the names of the migrations that ran.
 */
export async function migrate(databaseUrl: string): Promise<string[]> {
  const opening = openDatabase(databaseUrl, [], migrations, { closeWhenSilent: false });
  const db = await naming('DATABASE_URL', opening);
  const lock = db.createQueryRunner();
  try {
    const [got]: { had: string | number | null }[] = await lock.query(
      `SELECT GET_LOCK(${LOCK}, ${LOCK_WAIT_S}) AS had`,
    );
    if (Number(got?.had) !== 1)
      throw new Error('Another process is migrating this database and does not end.');
    const ran = await db.runMigrations();
    return ran.map(({ name }) => name);
  } finally {
    await lock.release();
    await db.destroy();
  }
}
