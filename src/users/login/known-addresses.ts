import type { DataSource } from 'typeorm';
import { addressKey } from './address-key.ts';

/** Somebody's newest records that are looked through. */
const NEWEST = 1_000;

export type KnownAddresses = ReturnType<typeof createKnownAddresses>;

/** From where users were signed in lately: the audit trail has the address with everything that they did. */
export function createKnownAddresses(db: DataSource) {
  return {
    /** Whether the user of this name has been signed in from there. */
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
