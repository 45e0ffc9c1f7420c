import { randomBytes } from 'node:crypto';
import type { Admin } from '../admin/admin.ts';

/** Names of no one else begin with it. */
export const DEMO = 'demo-';
const BY = { actor: 'quickstart', ip: null };

/** Somebody who may see and do everything on the admin page, for as long as the run lasts. */
export interface DemoUser {
  name: string;
  /** New for this run, and told to nobody but the reader. */
  password: string;
  /** Nobody can sign in with it any more, and whoever has is signed out. */
  end(): Promise<void>;
}

export async function addDemoUser({ users, passwords }: Admin, run: string): Promise<DemoUser> {
  const name = `${DEMO}${run}`;
  const password = randomBytes(8).toString('hex');
  await users.add(name, 'admin', await passwords.hash(password), BY);
  return {
    name,
    password,
    async end() {
      await users.disable(name, BY);
    },
  };
}
