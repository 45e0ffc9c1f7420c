import type { DataSource } from 'typeorm';
import { judgeSkew } from '../check-clocks.ts';
import { type Finding, fail, ok } from '../finding.ts';

/** Deadlines are compared with the database's clock, signatures are made with this machine's: they should agree. */
const WARN_MS = 5_000;
const FAIL_MS = 150_000;

/** An arbitrary time to write and read back. */
const TIME = new Date('2026-01-02T03:04:05.678Z');

/** Compares the database's clock with this machine's, and checks that times survive a round trip in its time zone. */
export async function checkDatabaseClock(db: DataSource): Promise<Finding[]> {
  const before = Date.now();
  const [row]: { utc: string; back: Date; zone: string }[] = await db.query(
    `SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS utc, CAST(? AS DATETIME(3)) AS back,
            IF(@@time_zone = 'SYSTEM', @@system_time_zone, @@time_zone) AS zone`,
    [TIME],
  );
  if (row === undefined) return [];
  const skewMs = (before + Date.now()) / 2 - Date.parse(row.utc);
  const skew = judgeSkew('clock database', 'the database', skewMs, { warnMs: WARN_MS, failMs: FAIL_MS });
  const survives = row.back.getTime() === TIME.getTime();
  const zone = survives
    ? ok('time zone', `times are stored in UTC; the database’s own zone (${row.zone}) is not used`)
    : fail(
        'time zone',
        `a time is read back as ${row.back.toISOString()}`,
        'set the database’s time zone to UTC',
      );
  return [skew, zone];
}
