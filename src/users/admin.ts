import type { DataSource } from 'typeorm';
import type { Clock } from '../platform/clock/clock.ts';
import { type Actor, type AuditEntry, type AuditFilter, listAudit, writeAudit } from './audit.ts';
import { createKnownAddresses } from './login/known-addresses.ts';
import { type Credentials, checkPassword, type LoginDeps, type LoginOutcome, logIn } from './login/log-in.ts';
import { createLoginAttempts } from './login/login-attempts.ts';
import { createPasswords } from './login/password.ts';
import { createStrangerBudget } from './login/stranger-budget.ts';
import { createSessions } from './sessions.ts';
import { createUsers, type UserChange } from './users.ts';

/** Rows deleted by one statement, and the most statements per purge. */
const PURGE_ROWS = 500;
const PURGE_ROUNDS = 20;

export type Admin = ReturnType<typeof createAdmin>;

/** The users of the admin page, their sessions and the audit trail. Throws if the database is unavailable. */
export function createAdmin(db: DataSource, clock: Clock) {
  const audit = (entry: AuditEntry): Promise<void> => writeAudit(db.manager, entry, clock.now());
  const deps: LoginDeps = {
    users: createUsers(db, clock),
    sessions: createSessions(db),
    attempts: createLoginAttempts(db),
    knownAddresses: createKnownAddresses(db),
    passwords: createPasswords(),
    strangers: createStrangerBudget(clock),
    clock,
    audit,
  };
  const { users, sessions, attempts, passwords } = deps;

  return {
    users,
    passwords,
    audit,
    listAudit: (filter: AuditFilter, page: { limit: number; after: string | null }) =>
      listAudit(db, filter, page),
    /** Removes the login locks of a user's name. */
    async unlock(name: string, by: Actor): Promise<UserChange> {
      const outcome = (await users.find(name)) === null ? 'unknown' : 'ok';
      if (outcome === 'ok') await attempts.unlock(name);
      const entry = { ...by, action: 'user.unlock', subject: name };
      await audit({ ...entry, before: null, after: null, outcome });
      return outcome === 'ok' ? 'changed' : 'unknown';
    },
    logIn: (credentials: Credentials): Promise<LoginOutcome> => logIn(deps, credentials),
    findSession: (token: string, how: { extend: boolean }) => sessions.find(token, clock.now(), how),
    endSession: (token: string) => sessions.end(token),

    /** Changes the user's own password: ends all their sessions and starts a new one. `next` must pass `passwordProblem`. */
    async changePassword({ next, ...credentials }: Credentials & { next: string }): Promise<LoginOutcome> {
      const checked = await checkPassword(deps, credentials, 'user.password');
      if (checked.kind !== 'right') return checked;
      const { name } = checked.user;
      const by = { actor: name, ip: credentials.ip };
      const changed = await users.setPassword(name, await passwords.hash(next), by);
      const user = changed === 'changed' ? await users.find(name) : null;
      if (user === null) return { kind: 'refused' };
      return { kind: 'signed_in', token: await sessions.open(user, clock.now()), user };
    },

    /** Deletes ended sessions and expired attempts, a bounded number of them. */
    async purge(): Promise<void> {
      for (const store of [sessions, attempts]) {
        for (let round = 0; round < PURGE_ROUNDS; round += 1) {
          if ((await store.purge(clock.now(), PURGE_ROWS)) < PURGE_ROWS) break;
        }
      }
    },
  };
}
