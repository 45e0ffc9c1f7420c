import type { DataSource } from 'typeorm';
import type { Clock } from './clock.ts';

/**
 * The database's clock, followed from here: every process that shares the database compares deadlines on the
 * same clock, whatever its own says. The offset is measured by `refresh`; half the round trip is its error.
 */
export interface DatabaseClock extends Clock {
  /** Measures again. Throws if the database does not answer; the last offset stays. */
  refresh(): Promise<void>;
  /** Database minus this machine, ms. */
  offsetMs(): number;
}

export async function followDatabaseClock(db: DataSource): Promise<DatabaseClock> {
  let offset = 0;
  const clock: DatabaseClock = {
    now: () => new Date(Date.now() + offset),
    offsetMs: () => offset,
    async refresh() {
      const before = Date.now();
      const rows: { utc: string }[] = await db.query(
        "SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS utc",
      );
      const middle = (before + Date.now()) / 2;
      offset = Math.round(Date.parse(rows[0]?.utc ?? '') - middle);
    },
  };
  await clock.refresh();
  return clock;
}
