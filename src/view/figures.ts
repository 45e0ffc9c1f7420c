import type { DataSource } from 'typeorm';
import type { ChannelName } from '../channel/channel.ts';
import type { OrderDeps } from '../order/deps.ts';
import type { ProcessStore, SeenProcess } from '../process/process-store.ts';
import type { QueueDepth } from '../timer/queue-depths.ts';
import { countedSince, latenessByChannel, type Timing } from './lateness.ts';

const MINUTE_MS = 60_000;
/** Of which the figures show each, ahead and back. */
const MINUTES = 60;
/** However many look, the database is asked this often at most, ms. */
const KEEP_MS = 2_000;

/** The dashboard, see `Figures` in `src/http/admin/api.ts`; this is that with moments as dates. */
export interface Figures {
  now: Date;
  dueNextHour: { at: Date; count: number }[];
  perMinute: { at: Date; closed: number; paid: number }[];
  lateness: { channel: ChannelName; count: number; p50Ms: number | null; p99Ms: number | null }[];
  overdue: { count: number; oldestAt: Date | null };
  stuck: number;
  lateWaiting: number;
  violations: number;
  open: { channel: ChannelName; count: number }[];
  notices: { pending: number; overdue: number; givenUp: number };
  queues: QueueDepth[] | null;
  processes: SeenProcess[];
}

export type ReadFigures = () => Promise<Figures>;

interface FiguresDeps {
  db: DataSource;
  deps: Pick<OrderDeps, 'store' | 'clock' | 'closeGraceMs'>;
  processes: Pick<ProcessStore, 'list'>;
  /** Null where Redis is away. Never throws. */
  readDepths(): Promise<QueueDepth[] | null>;
}

/**
 * Reads the figures, from indexes alone but for the late payments. Whoever asks while they are being read, or within
 * `KEEP_MS` after, is given the same. Throws when the database cannot be reached; that is not kept.
 */
export function createFigures(sources: FiguresDeps): ReadFigures {
  let kept: { figures: Promise<Figures>; at: number } | null = null;
  return () => {
    if (kept !== null && performance.now() - kept.at < KEEP_MS) return kept.figures;
    const reading = { figures: readFigures(sources), at: performance.now() };
    kept = reading;
    reading.figures.then(
      () => {
        reading.at = performance.now();
      },
      () => {
        if (kept === reading) kept = null;
      },
    );
    return reading.figures;
  };
}

async function readFigures({ db, deps, processes, readDepths }: FiguresDeps): Promise<Figures> {
  const now = deps.clock.now();
  const thisMinute = floorToMinute(now);
  const firstMinute = new Date(thisMinute.getTime() - (MINUTES - 1) * MINUTE_MS);
  const late = new Date(now.getTime() - deps.closeGraceMs);
  const depths = readDepths();
  // One after the other: they must not take all of a process's connections from its orders.
  const due = await perMinute(
    db,
    `SELECT expires_at AS moment FROM payment_order
     WHERE status = 'progress' AND expires_at >= ? AND expires_at < ?`,
    [thisMinute, minutesAfter(thisMinute, MINUTES)],
  );
  const closed = await perMinute(db, 'SELECT closed_at AS moment FROM payment_order WHERE closed_at >= ?', [
    firstMinute,
  ]);
  const paid = await perMinute(db, 'SELECT paid_at AS moment FROM payment_order WHERE paid_at >= ?', [
    firstMinute,
  ]);
  const timings: Timing[] = await db.query(
    `SELECT channel, TIMESTAMPDIFF(MICROSECOND, expires_at, closed_at) AS microseconds FROM payment_order
     WHERE closed_at >= ? AND closed_at >= expires_at AND ending = 'expiry' ORDER BY closed_at DESC LIMIT ${countedSince.atMost}`,
    [new Date(now.getTime() - countedSince.agoMs)],
  );
  const [overdue]: { count: string; oldest: Date | null }[] = await db.query(
    `SELECT COUNT(*) AS count, MIN(expires_at) AS oldest FROM payment_order
     WHERE status = 'progress' AND expires_at <= ?`,
    [late],
  );
  const open: { channel: ChannelName; count: string }[] = await db.query(
    "SELECT channel, COUNT(*) AS count FROM payment_order WHERE status = 'progress' GROUP BY channel ORDER BY channel",
  );
  const [stuck]: { count: string }[] = await db.query(
    'SELECT COUNT(*) AS count FROM payment_order WHERE stuck_at IS NOT NULL',
  );
  const notices: { state: string; count: string; overdue: string }[] = await db.query(
    `SELECT state, COUNT(*) AS count, COALESCE(SUM(next_at <= ?), 0) AS overdue FROM merchant_notice
     WHERE state IN ('pending', 'given_up') GROUP BY state`,
    [now],
  );
  const notice = (state: string) => notices.find((one) => one.state === state);
  const oldest = overdue?.oldest ?? null;

  return {
    now,
    dueNextHour: minutesFrom(thisMinute).map((at) => ({ at, count: due.get(at.getTime()) ?? 0 })),
    perMinute: minutesFrom(firstMinute).map((at) => ({
      at,
      closed: closed.get(at.getTime()) ?? 0,
      paid: paid.get(at.getTime()) ?? 0,
    })),
    lateness: latenessByChannel(timings),
    overdue: {
      count: Number(overdue?.count ?? 0),
      oldestAt: oldest === null ? null : new Date(oldest.getTime() + deps.closeGraceMs),
    },
    stuck: Number(stuck?.count ?? 0),
    lateWaiting: await deps.store.countLateForPeople(),
    violations: await deps.store.countViolations(),
    open: open.map(({ channel, count }) => ({ channel, count: Number(count) })),
    notices: {
      pending: Number(notice('pending')?.count ?? 0),
      overdue: Number(notice('pending')?.overdue ?? 0),
      givenUp: Number(notice('given_up')?.count ?? 0),
    },
    queues: await depths,
    processes: await processes.list(),
  };
}

/** How many moments (`moment`) the query finds in each minute, by its beginning in ms. */
async function perMinute(db: DataSource, query: string, parameters: Date[]): Promise<Map<number, number>> {
  const rows: { in_minute: Date; count: string }[] = await db.query(
    `SELECT CAST(DATE_FORMAT(moment, '%Y-%m-%d %H:%i:00') AS DATETIME) AS in_minute, COUNT(*) AS count
     FROM (${query}) AS moments GROUP BY in_minute`,
    parameters,
  );
  return new Map(rows.map(({ in_minute: minute, count }) => [minute.getTime(), Number(count)]));
}

const floorToMinute = (time: Date) => new Date(Math.floor(time.getTime() / MINUTE_MS) * MINUTE_MS);
const minutesAfter = (time: Date, minutes: number) => new Date(time.getTime() + minutes * MINUTE_MS);
const minutesFrom = (first: Date) => Array.from({ length: MINUTES }, (_, i) => minutesAfter(first, i));
