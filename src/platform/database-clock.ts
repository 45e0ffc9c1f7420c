import type { DataSource } from 'typeorm';
import type { Clock } from './clock.ts';

/**
 * The database's clock, followed from here: every process that shares the database compares deadlines on the
 * same clock, whatever its own says. The offset is measured at the start and every 30 s; half the round trip is its
 * error. While the database does not answer, the last offset stays.
 */
export interface DatabaseClock extends Clock {
  stop(): void;
}

const REFRESH_MS = 30_000;

/** Throws if the database does not answer the first question. */
export async function followDatabaseClock(db: DataSource): Promise<DatabaseClock> {
  let offset = 0;
  async function measure(): Promise<void> {
    const before = Date.now();
    const rows: { utc: string }[] = await db.query(
      "SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS utc",
    );
    const middle = (before + Date.now()) / 2;
    offset = Math.round(Date.parse(rows[0]?.utc ?? '') - middle);
  }
  await measure();
  const timer = setInterval(() => measure().catch(() => {}), REFRESH_MS);
  timer.unref();
  return { now: () => new Date(Date.now() + offset), stop: () => clearInterval(timer) };
}
