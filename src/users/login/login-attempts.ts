import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { LoginAttemptEntity } from '../entities.ts';
import { addressKey, siteOf } from './address-key.ts';

/** How long a failed attempt counts, ms. */
const WINDOW_MS = 15 * 60_000;
/** With so many failed attempts within the window from one address, a name is locked (锁定) there; so is one that nobody has. */
const MAX_OF_NAME_THERE = 5;
/** With so many from anywhere it is locked everywhere but where its user was signed in: nobody can keep others out. */
const MAX_OF_NAME = 50;
/** With so many an address is refused, whatever names it tried. An office may share one. */
const MAX_OF_ADDRESS = 20;
/** The same of an IPv6 site, which has 2^16 networks that count as addresses. */
const MAX_OF_SITE = 100;

export type LoginAttempts = ReturnType<typeof createLoginAttempts>;

/** Who tries, and whether the user of that name is known to come from there. */
interface Attempt {
  name: string;
  ip: string;
  isKnown: boolean;
}

/** How long a name (there), and an address, are refused from now, ms; null: they are not. */
export interface Limits {
  nameMs: number | null;
  addressMs: number | null;
}

/**
 * The failed attempts to sign in, in the database: limits hold across processes and restarts. An attempt is written
 * before its password is looked at and counts as failed until it has succeeded, so that however many come at once, no
 * more than the limit are tried. Attempts on a locked name do not lengthen its lock, but count for their address.
 */
export function createLoginAttempts(db: DataSource) {
  const attempts = db.getRepository(LoginAttemptEntity);

  /** Of the attempts that `by` names from the one on with which there were `max`. */
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
    // No key has a % or _ in it.
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

    /** Notes an attempt; its id, and the limits that were reached without it: then its password is not looked at. */
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

    /** Its password was not looked at: it counts for nothing. */
    async forget(id: string): Promise<void> {
      await attempts.delete({ id });
    },

    /** It has succeeded: the name begins anew. What else came from the address goes on counting. */
    async succeed(id: string, name: string): Promise<void> {
      await attempts.delete({ id });
      await attempts.update({ nameHash: nameHash(name) }, { nameHash: null });
    },

    /** Takes a name's locks off, wherever they hold. */
    async unlock(name: string): Promise<void> {
      await attempts.update({ nameHash: nameHash(name) }, { nameHash: null });
    },

    /** Deletes some of what no longer counts; how many. */
    async purge(now: Date, limit: number): Promise<number> {
      const { affectedRows = 0 } = await db.query('DELETE FROM admin_login_attempt WHERE at < ? LIMIT ?', [
        new Date(now.getTime() - WINDOW_MS),
        limit,
      ]);
      return affectedRows;
    },
  };
}

/** A name that nobody has may be a password in the wrong field: it is not kept as it is. */
function nameHash(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** Of two times, ms; null where there is neither. */
function longest(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}
