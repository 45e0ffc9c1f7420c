import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { LoginAttemptEntity } from '../entities.ts';
import { addressKey, siteOf } from './address-key.ts';

/** How long a failed attempt counts, ms. */
const WINDOW_MS = 15 * 60_000;
/** After this many failures in the window from one address, a name is locked (锁定) there, whether it exists or not. */
const MAX_OF_NAME_THERE = 5;
/** After this many from anywhere it is locked, except at addresses where its user was signed in: nobody can lock others out. */
const MAX_OF_NAME = 50;
/** After this many an address is refused, whatever names it tried. An office may share one. */
const MAX_OF_ADDRESS = 20;
/** The same for an IPv6 site, which has 2^16 networks that each count as an address. */
const MAX_OF_SITE = 100;

export type LoginAttempts = ReturnType<typeof createLoginAttempts>;

/** A login attempt; `isKnown`: the user was signed in from this address before. */
interface Attempt {
  name: string;
  ip: string;
  isKnown: boolean;
}

/** How long a name (at this address) and an address are still refused, ms; null: not refused. */
export interface Limits {
  nameMs: number | null;
  addressMs: number | null;
}

/**
 * Failed login attempts, in the database: limits hold across processes and restarts. An attempt is written before its
 * password is checked and counts as failed until it succeeds, so that concurrent attempts cannot exceed the limit. Attempts
 * on a locked name do not extend its lock, but count for their address.
 */
export function createLoginAttempts(db: DataSource) {
  const attempts = db.getRepository(LoginAttemptEntity);

  /** How long the newest `max` attempts that match `by` all stay in the window, ms; null: there are fewer. */
  async function refusedForMs(
    by: { nameHash?: string; address?: string; site?: string },
    max: number,
    now: Date,
    except: string,
  ): Promise<number | null> {
    const query = attempts.createQueryBuilder('a').where('a.at > :since AND a.id <> :except', {
      since: new Date(now.getTime() - WINDOW_MS),
      except,
    });
    if (by.nameHash !== undefined) query.andWhere('a.nameHash = :nameHash', { nameHash: by.nameHash });
    if (by.address !== undefined) query.andWhere('a.address = :address', { address: by.address });
    // Keys contain no % or _.
    if (by.site !== undefined) query.andWhere('a.address LIKE :site', { site: `${by.site}%` });
    const oldest = await query
      .orderBy('a.at', 'DESC')
      .addOrderBy('a.id', 'DESC')
      .offset(max - 1)
      .limit(1)
      .getOne();
    return oldest === null ? null : Math.max(1, oldest.at.getTime() + WINDOW_MS - now.getTime());
  }

  async function limits({ name, ip, isKnown }: Attempt, now: Date, except = '0'): Promise<Limits> {
    const [hash, address] = [nameHash(name), addressKey(ip)];
    const there = await refusedForMs({ nameHash: hash, address }, MAX_OF_NAME_THERE, now, except);
    const anywhere = isKnown ? null : await refusedForMs({ nameHash: hash }, MAX_OF_NAME, now, except);
    const ofAddress = await refusedForMs({ address }, MAX_OF_ADDRESS, now, except);
    const site = siteOf(address);
    const ofSite = site === null ? null : await refusedForMs({ site }, MAX_OF_SITE, now, except);
    return { nameMs: longest(there, anywhere), addressMs: longest(ofAddress, ofSite) };
  }

  return {
    limits,

    /** Writes an attempt. Returns its id, and the limits reached without it: if any, the password must not be checked. */
    async begin(attempt: Attempt, now: Date): Promise<Limits & { id: string }> {
      const row = { nameHash: nameHash(attempt.name), address: addressKey(attempt.ip), at: now };
      const { identifiers } = await attempts.insert(row);
      const id = String(identifiers[0]?.id);
      const reached = await limits(attempt, now, id);
      // A flood must not fill the table.
      if (reached.addressMs !== null) await attempts.delete({ id });
      else if (reached.nameMs !== null) await attempts.update({ id }, { nameHash: null });
      return { id, ...reached };
    },

    /** Its password was not checked: it does not count. */
    async forget(id: string): Promise<void> {
      await attempts.delete({ id });
    },

    /** It succeeded: failures of the name are forgotten. Failures of the address still count. */
    async succeed(id: string, name: string): Promise<void> {
      await attempts.delete({ id });
      await attempts.update({ nameHash: nameHash(name) }, { nameHash: null });
    },

    /** Unlocks a name at all addresses. */
    async unlock(name: string): Promise<void> {
      await attempts.update({ nameHash: nameHash(name) }, { nameHash: null });
    },

    /** Deletes some expired attempts; returns how many. */
    async purge(now: Date, limit: number): Promise<number> {
      const { affectedRows = 0 } = await db.query('DELETE FROM admin_login_attempt WHERE at < ? LIMIT ?', [
        new Date(now.getTime() - WINDOW_MS),
        limit,
      ]);
      return affectedRows;
    },
  };
}

/** An unknown name may be a password typed into the wrong field: only its hash is stored. */
function nameHash(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** The longer of two times, ms; null if both are. */
function longest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
