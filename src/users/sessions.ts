import { createHash, randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { AdminSessionEntity, AdminUserEntity } from './entities.ts';
import type { AdminUser } from './user.ts';

/** A session ends this long after it was last used, ms. */
const IDLE_MS = 30 * 60_000;
/** And this long after it began, ms: one working day. */
const LIFE_MS = 12 * 3_600_000;
/** The precision of its last use, ms: not every request is a write. */
const SEEN_EVERY_MS = 60_000;

export type Sessions = ReturnType<typeof createSessions>;

/**
 * Login sessions. A session is valid while it is stored here, not idle for too long, not too old, and its user is neither
 * disabled nor has changed the password since. This is checked on every request, so that ending it takes effect in all
 * processes at once, and a login that overlaps with the end of all sessions ends with them.
 */
export function createSessions(db: DataSource) {
  const sessions = db.getRepository(AdminSessionEntity);

  return {
    /** Starts a session for the user as read when the password was checked; returns the browser's token. */
    async open({ id, sessionEpoch }: AdminUser, now: Date): Promise<string> {
      const token = randomBytes(32).toString('base64url');
      const expiresAt = new Date(now.getTime() + LIFE_MS);
      const tokenHash = hashOf(token);
      await sessions.insert({ tokenHash, userId: id, sessionEpoch, createdAt: now, seenAt: now, expiresAt });
      return token;
    },

    /** The session's user; null if it has ended or never existed. `extend` false does not count as use. */
    async find(token: string, now: Date, { extend }: { extend: boolean }): Promise<AdminUser | null> {
      const tokenHash = hashOf(token);
      const session = await sessions.findOneBy({ tokenHash });
      if (session === null || session.expiresAt <= now) return null;
      if (session.seenAt.getTime() + IDLE_MS <= now.getTime()) return null;
      const user = await db.getRepository(AdminUserEntity).findOneBy({ id: session.userId });
      if (user === null || user.disabledAt !== null) return null;
      if (user.sessionEpoch !== session.sessionEpoch) return null;
      if (extend && session.seenAt.getTime() + SEEN_EVERY_MS <= now.getTime())
        await sessions.update({ tokenHash }, { seenAt: now });
      return user;
    },

    async end(token: string): Promise<void> {
      await sessions.delete({ tokenHash: hashOf(token) });
    },

    /** Deletes some ended sessions; returns how many. */
    async purge(now: Date, limit: number): Promise<number> {
      const { affectedRows = 0 } = await db.query(
        'DELETE FROM admin_session WHERE expires_at < ? OR seen_at < ? LIMIT ?',
        [now, new Date(now.getTime() - IDLE_MS), limit],
      );
      return affectedRows;
    },
  };
}

/** A reader of the database cannot use the sessions in it. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
