import type { DataSource } from 'typeorm';
import type { OrderDeps } from '../../order/deps.ts';
import type { ProcessStore, SeenProcess } from '../../process/process-store.ts';

/** Figures count no further. */
export const COUNT_AT_MOST = 100_000;

/** Whether orders close in time, and which processes run: the few figures that alerts use, each quick to read. */
export interface Vitals {
  now: Date;
  /** Open orders whose time to be closed has passed, at most `COUNT_AT_MOST`, and since when the oldest of them. */
  expired: { count: number; oldestAt: Date | null };
  processes: SeenProcess[];
}

export interface VitalsDeps {
  db: DataSource;
  deps: Pick<OrderDeps, 'clock' | 'closeGraceMs'>;
  processes: Pick<ProcessStore, 'list'>;
}

/** Throws if the database is unreachable. */
export async function readVitals({ db, deps, processes }: VitalsDeps): Promise<Vitals> {
  const now = deps.clock.now();
  const seen = await processes.list();
  const [expired]: { count: string; oldest: Date | null }[] = await db.query(
    `SELECT COUNT(*) AS count, MIN(expires_at) AS oldest FROM (
       SELECT expires_at FROM payment_order FORCE INDEX (ix_status_expires_at)
       WHERE status = 'progress' AND expires_at <= ? ORDER BY expires_at LIMIT ${COUNT_AT_MOST}) AS found`,
    [new Date(now.getTime() - deps.closeGraceMs)],
  );
  const oldest = expired?.oldest ?? null;
  return {
    now,
    expired: {
      count: Number(expired?.count ?? 0),
      oldestAt: oldest === null ? null : new Date(oldest.getTime() + deps.closeGraceMs),
    },
    processes: seen,
  };
}
