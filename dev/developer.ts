import { randomBytes } from 'node:crypto';
import { systemClock } from '../src/platform/clock/clock.ts';
import { openDatabase } from '../src/platform/mysql/database.ts';
import { createAdmin } from '../src/users/admin.ts';
import { adminEntities } from '../src/users/entities.ts';

const NAME = 'developer';
const BY = { actor: 'npm run dev', ip: null };

/** The admin page's user for development, with a new password each time: there is no default, not even here. */
export async function addDeveloper(databaseUrl: string): Promise<{ name: string; password: string }> {
  const db = await openDatabase(databaseUrl, adminEntities, []);
  try {
    const { users, passwords } = createAdmin(db, systemClock);
    const password = randomBytes(8).toString('hex');
    const hash = await passwords.hash(password);
    if ((await users.find(NAME)) === null) await users.add(NAME, 'admin', hash, BY);
    else await users.setPassword(NAME, hash, BY);
    return { name: NAME, password };
  } finally {
    await db.destroy();
  }
}
