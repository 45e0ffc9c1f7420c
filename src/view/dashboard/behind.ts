import type { DataSource } from 'typeorm';
import { where } from '../../order/lifecycle.ts';

/** Counts no further. */
const AT_MOST = 100_000;

/** Overdue orders: how many, and how long the oldest has been due, ms. */
export interface Behind {
  count: number;
  oldestMs: number;
}

/**
 * Reads how far the workers are behind: orders that are due and that no worker has started yet. Excludes orders that wait
 * for a retry, and stuck ones, which wait for a person. Reads the sweep's index. Throws if the database is unreachable.
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
