import { randomBytes } from 'node:crypto';
import type { Admin } from '../../users/admin.ts';
import { patiently } from './patiently.ts';

/** Names of no one else begin with it. */
export const DEMO = 'demo-';
/** A database that has gone for good must not keep the reader, ms. */
const END_WITHIN_MS = 10_000;
const BY = { actor: 'quickstart', ip: null };

/** Somebody who may see and do everything on the admin page, for as long as the run lasts. */
export interface DemoUser {
  name: string;
  /** New for this run, and told to nobody but the reader. */
  password: string;
  /** Nobody can sign in with it any more, and whoever has is signed out. */
  end(): Promise<void>;
}

/** Also ends those of earlier runs that were cut off. `end` tries for as long as a database may take to come back. */
export async function addDemoUser({ users, passwords }: Admin, run: string): Promise<DemoUser> {
  for (const { name, disabledAt } of await users.list())
    if (name.startsWith(DEMO) && disabledAt === null) await users.disable(name, BY);
  const name = `${DEMO}${run}`;
  const password = randomBytes(8).toString('hex');
  await users.add(name, 'admin', await passwords.hash(password), BY);
  return {
    name,
    password,
    async end() {
      await patiently(() => users.disable(name, BY), END_WITHIN_MS);
    },
  };
}
