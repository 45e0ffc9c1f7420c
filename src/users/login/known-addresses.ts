import type { DataSource } from 'typeorm';
import { addressKey } from './address-key.ts';

/** The number of newest entries per user that are searched. */
const NEWEST = 1_000;

export type KnownAddresses = ReturnType<typeof createKnownAddresses>;

/** The addresses from which users were recently signed in, from the audit trail. */
export function createKnownAddresses(db: DataSource) {
  return {
    /** Whether this user was signed in from this address. */
    async has(name: string, ip: string): Promise<boolean> {
      const rows: { ip: string }[] = await db.query(
        `SELECT DISTINCT ip FROM
           (SELECT ip FROM admin_audit WHERE actor = ? ORDER BY id DESC LIMIT ${NEWEST}) AS newest
         WHERE ip IS NOT NULL`,
        [name],
      );
      return rows.some((row) => addressKey(row.ip) === addressKey(ip));
    },
  };
}
