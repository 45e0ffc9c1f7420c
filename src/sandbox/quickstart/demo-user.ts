import { randomBytes } from 'node:crypto';
import type { Admin } from '../../users/admin.ts';
import { retryFor } from './retry-for.ts';

/** The prefix of all names here; nobody else's names have it. */
export const DEMO = 'demo-';
/** How long to retry while the database is away, ms; the reader is waiting. */
const END_WITHIN_MS = 10_000;
const BY = { actor: 'quickstart', ip: null };

/** An admin user for this run. */
export interface DemoUser {
  name: string;
  /** Generated for this run, and shown only to the reader. */
  password: string;
  /** Disables the user, and ends their sessions. */
  end(): Promise<void>;
}

/** Also disables users of earlier, interrupted runs. `end` retries for a while if the database is away. */
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
      await retryFor(() => users.disable(name, BY), END_WITHIN_MS);
    },
  };
}
