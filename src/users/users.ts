import type { DataSource } from 'typeorm';
import type { Clock } from '../platform/clock/clock.ts';
import { inTransaction, isDuplicate } from '../platform/mysql/database.ts';
import { type Actor, writeAudit } from './audit.ts';
import { AdminSessionEntity, AdminUserEntity } from './entities.ts';
import type { AdminUser, Role } from './user.ts';

/** `unknown`: no user has this name. */
export type UserChange = 'changed' | 'unknown';

export type Users = ReturnType<typeof createUsers>;

/** The users of the admin page. Every change is audited in the same transaction; names are normalized by `readName`. */
export function createUsers(db: DataSource, clock: Clock) {
  const users = db.getRepository(AdminUserEntity);

  async function change(
    name: string,
    by: Actor,
    action: string,
    edit: (user: AdminUser) => Partial<AdminUser>,
  ): Promise<UserChange> {
    return inTransaction(db, async (manager) => {
      const user = await manager.findOne(AdminUserEntity, {
        where: { name },
        lock: { mode: 'pessimistic_write' },
      });
      const entry = { ...by, action, subject: name };
      if (user === null) {
        const nothing = { before: null, after: null, outcome: 'unknown' };
        await writeAudit(manager, { ...entry, ...nothing }, clock.now());
        return 'unknown';
      }
      const set = edit(user);
      await manager.update(AdminUserEntity, { id: user.id }, set);
      if (set.sessionEpoch !== undefined) await manager.delete(AdminSessionEntity, { userId: user.id });
      const [before, after] = [describe(user), describe({ ...user, ...set })];
      await writeAudit(manager, { ...entry, before, after, outcome: 'ok' }, clock.now());
      return 'changed';
    });
  }

  return {
    find: (name: string): Promise<AdminUser | null> => users.findOneBy({ name }),
    list: (): Promise<AdminUser[]> => users.find({ order: { name: 'ASC' } }),
    exist: (): Promise<boolean> => users.exists(),

    async add(name: string, role: Role, passwordHash: string, by: Actor): Promise<'added' | 'exists'> {
      const createdAt = clock.now();
      const user = { name, role, passwordHash, sessionEpoch: 0, createdAt, disabledAt: null };
      const entry = { ...by, action: 'user.add', subject: name, before: null };
      try {
        await inTransaction(db, async (manager) => {
          await manager.insert(AdminUserEntity, user);
          await writeAudit(manager, { ...entry, after: describe(user), outcome: 'ok' }, createdAt);
        });
        return 'added';
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        await writeAudit(db.manager, { ...entry, after: null, outcome: 'exists' }, createdAt);
        return 'exists';
      }
    },

    /** Ends all sessions of the user. */
    setPassword: (name: string, passwordHash: string, by: Actor): Promise<UserChange> =>
      change(name, by, 'user.password', ({ sessionEpoch }) => ({
        passwordHash,
        sessionEpoch: sessionEpoch + 1,
      })),

    /** Takes effect with the user's next request. */
    setRole: (name: string, role: Role, by: Actor): Promise<UserChange> =>
      change(name, by, 'user.role', () => ({ role })),

    /** Ends all sessions of the user; logins are refused as for an unknown name. */
    disable: (name: string, by: Actor): Promise<UserChange> =>
      change(name, by, 'user.disable', ({ sessionEpoch }) => ({
        disabledAt: clock.now(),
        sessionEpoch: sessionEpoch + 1,
      })),

    enable: (name: string, by: Actor): Promise<UserChange> =>
      change(name, by, 'user.enable', () => ({ disabledAt: null })),
  };
}

/** A user in the audit trail: nothing of the password. */
function describe({ role, disabledAt }: Pick<AdminUser, 'role' | 'disabledAt'>): string {
  return disabledAt === null ? role : `${role}, disabled`;
}
