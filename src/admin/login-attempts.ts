import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type { DataSource } from 'typeorm';
import { LoginAttemptEntity } from './entities.ts';

/** How long a failed attempt counts, ms. */
const WINDOW_MS = 15 * 60_000;
/** With so many failed attempts within the window a name is locked (锁定), whoever tried; so is one that nobody has. */
const MAX_OF_NAME = 5;
/** With so many an address is refused, whatever names it tried. An office may share one. */
const MAX_OF_ADDRESS = 20;

export type LoginAttempts = ReturnType<typeof createLoginAttempts>;

/** How long a name, and an address, are refused from now, ms; null: they are not. */
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

  async function refusedForMs(
    by: { name_hash: string } | { address: string },
    max: number,
    now: Date,
    except: string,
  ): Promise<number | null> {
    const [column, value] = Object.entries(by)[0] ?? [];
    const oldest = await attempts
      .createQueryBuilder('a')
      .where(`a.${column} = :value AND a.at > :since AND a.id <> :except`, {
        value,
        since: new Date(now.getTime() - WINDOW_MS),
        except,
      })
      .orderBy('a.at', 'DESC')
      .addOrderBy('a.id', 'DESC')
      .offset(max - 1)
      .limit(1)
      .getOne();
    return oldest === null ? null : Math.max(1, oldest.at.getTime() + WINDOW_MS - now.getTime());
  }

  async function limits(name: string, ip: string, now: Date, except = '0'): Promise<Limits> {
    return {
      nameMs: await refusedForMs({ name_hash: nameHash(name) }, MAX_OF_NAME, now, except),
      addressMs: await refusedForMs({ address: addressKey(ip) }, MAX_OF_ADDRESS, now, except),
    };
  }

  return {
    limits,

    /** Notes an attempt; its id, and the limits that were reached without it: then its password is not looked at. */
    async begin(name: string, ip: string, now: Date): Promise<Limits & { id: string }> {
      const row = { nameHash: nameHash(name), address: addressKey(ip), at: now };
      const { identifiers } = await attempts.insert(row);
      const id = String(identifiers[0]?.id);
      const reached = await limits(name, ip, now, id);
      // A flood must not fill the table.
      if (reached.addressMs !== null) await attempts.delete({ id });
      else if (reached.nameMs !== null) await attempts.update({ id }, { nameHash: null });
      return { id, ...reached };
    },

    /** It has succeeded: the name begins anew. What else came from the address goes on counting. */
    async succeed(id: string, name: string): Promise<void> {
      await attempts.delete({ id });
      await attempts.update({ nameHash: nameHash(name) }, { nameHash: null });
    },

    /** Takes a name's lock off. */
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

/** Somebody with IPv6 has 2^64 addresses of his own: they count as one. */
function addressKey(ip: string): string {
  if (!ipaddr.isValid(ip)) return 'unknown';
  const address = ipaddr.process(ip);
  if (address.kind() === 'ipv4') return address.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${address.toNormalizedString()}/64`).toString();
}
