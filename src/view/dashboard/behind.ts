import type { DataSource } from 'typeorm';
import { where } from '../../order/lifecycle.ts';

/** Counted no further: so many, or more. */
const AT_MOST = 100_000;

/** Orders that wait for a worker, and for how long the one that has waited longest does, ms. */
export interface Behind {
  count: number;
  oldestMs: number;
}

/**
 * The open orders whose timer has run out and that nobody has taken up: how far the workers are behind. One that is tried
 * again later is not among them, nor one that is stuck: that waits for a person. Read in the sweep's index. Throws when
 * the database cannot be reached.
 */
export async function readBehind(db: DataSource, now: Date): Promise<Behind> {
  const [found]: { count: string; oldest: Date | null }[] = await db.query(
    `SELECT COUNT(*) AS count, MIN(next_close_at) AS oldest FROM (
       SELECT next_close_at FROM payment_order
       WHERE ${where.overdue.replace(':now', '?')}
       ORDER BY next_close_at LIMIT ${AT_MOST}) AS behind`,
    [now],
  );
  const oldest = found?.oldest ?? now;
  return { count: Number(found?.count ?? 0), oldestMs: now.getTime() - oldest.getTime() };
}
