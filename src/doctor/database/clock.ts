import type { DataSource } from 'typeorm';
import { judgeSkew } from '../check-clocks.ts';
import { type Finding, fail, ok } from '../finding.ts';

/** Deadlines are compared on the database's clock, signatures are made by this machine's: they should agree. */
const WARN_MS = 5_000;
const FAIL_MS = 150_000;

/** A moment to be written and read back; any will do. */
const MOMENT = new Date('2026-01-02T03:04:05.678Z');

/** The database's clock against this machine's, and that a moment comes back as it went, whatever its time zone. */
export async function checkDatabaseClock(db: DataSource): Promise<Finding[]> {
  const before = Date.now();
  const [row]: { utc: string; back: Date; zone: string }[] = await db.query(
    `SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS utc, CAST(? AS DATETIME(3)) AS back,
            IF(@@time_zone = 'SYSTEM', @@system_time_zone, @@time_zone) AS zone`,
    [MOMENT],
  );
  if (row === undefined) return [];
  const skewMs = (before + Date.now()) / 2 - Date.parse(row.utc);
  const skew = judgeSkew('clock database', 'the database', skewMs, { warnMs: WARN_MS, failMs: FAIL_MS });
  const comesBack = row.back.getTime() === MOMENT.getTime();
  const zone = comesBack
    ? ok('time zone', `moments are kept in UTC; the database’s own zone (${row.zone}) is not used`)
    : fail(
        'time zone',
        `a moment comes back as ${row.back.toISOString()}`,
        'set the database’s time zone to UTC',
      );
  return [skew, zone];
}
