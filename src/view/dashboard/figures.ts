import type { DataSource } from 'typeorm';
import type { ChannelName } from '../../channel/channel.ts';
import type { OrderDeps } from '../../order/deps.ts';
import { readChannels } from '../seen-channels.ts';
import { sql } from '../sql.ts';
import { countEach } from './counts.ts';
import { readLateness } from './lateness.ts';
import { COUNT_AT_MOST, readVitals, type Vitals, type VitalsDeps } from './vitals.ts';

const MINUTE_MS = 60_000;
/** How many minutes the figures show, ahead and back. */
const MINUTES = 60;
/** Counts at most so many per minute. */
const IN_A_MINUTE_AT_MOST = 20_000;
/** Minimum interval between two reads, ms, for any number of viewers. */
const KEEP_MS = 2_000;

/** The jobs in a channel's queue, by state. */
interface QueueDepth {
  channel: ChannelName;
  waiting: number;
  delayed: number;
  active: number;
  failed: number;
}

/** Whether Redis can hold the timers. */
interface QueueFigures {
  state: 'ok' | 'away' | 'refuses' | 'unusable';
  reason: string | null;
  paused: ChannelName[];
}

/** The dashboard: `Figures` in `src/http/admin/api.ts`, with times as dates. */
export interface Figures extends Vitals {
  dueNextHour: { at: Date; count: number }[];
  perMinute: { at: Date; closed: number; paid: number }[];
  lateness: { channel: ChannelName; count: number; p50Ms: number | null; p99Ms: number | null }[];
  stuck: number;
  lateWaiting: number;
  violations: number;
  open: { channel: ChannelName; count: number }[];
  notices: { pending: number; overdue: number; givenUp: number };
  queues: QueueDepth[] | null;
  redis: QueueFigures;
}

export type ReadFigures = () => Promise<Figures>;

interface FiguresDeps extends VitalsDeps {
  deps: VitalsDeps['deps'] & Pick<OrderDeps, 'store'>;
  /** Null: Redis is unreachable or unusable. Never throws. */
  readDepths(): Promise<QueueDepth[] | null>;
  /** Never throws. */
  readQueueHealth(): Promise<QueueFigures>;
}

/**
 * Creates the reader of the figures. It uses indexes only, except for the late payments, and caps its counts. Callers during
 * a read, or within `KEEP_MS` after it, share its result. Throws if the database is unreachable; a failure is not cached.
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

async function readFigures(sources: FiguresDeps): Promise<Figures> {
  const { db, deps, readDepths, readQueueHealth } = sources;
  const depths = Promise.all([readDepths(), readQueueHealth()]);
  // Sequential: uses only one of the admin page's few connections.
  const vitals = await readVitals(sources);
  const { now } = vitals;
  const thisMinute = floorToMinute(now);
  const firstMinute = minutesAfter(thisMinute, 1 - MINUTES);
  const channels = await readChannels(db);
  const due = await perMinute(db, 'expires_at', thisMinute, "status = 'progress'");
  const closed = await perMinute(db, 'closed_at', firstMinute);
  const paid = await perMinute(db, 'paid_at', firstMinute);
  const open = await countEach(
    db,
    channels.map((channel) =>
      sql(
        "FROM payment_order FORCE INDEX (ix_channel_status) WHERE channel = ? AND status = 'progress'",
        channel,
      ),
    ),
    COUNT_AT_MOST,
  );
  const [stuck = 0, pending = 0, overdue = 0, givenUp = 0] = await countEach(
    db,
    [
      sql('FROM payment_order WHERE stuck_at IS NOT NULL'),
      sql("FROM merchant_notice WHERE state = 'pending'"),
      sql("FROM merchant_notice WHERE state = 'pending' AND next_at <= ?", now),
      sql("FROM merchant_notice WHERE state = 'given_up'"),
    ],
    COUNT_AT_MOST,
  );

  const [queues, redis] = await depths;
  return {
    ...vitals,
    dueNextHour: minutesFrom(thisMinute).map((at, minute) => ({ at, count: due[minute] ?? 0 })),
    perMinute: minutesFrom(firstMinute).map((at, minute) => ({
      at,
      closed: closed[minute] ?? 0,
      paid: paid[minute] ?? 0,
    })),
    lateness: await readLateness(db, channels, now),
    stuck,
    lateWaiting: await deps.store.countLatePaymentsToDecide(),
    violations: await deps.store.countViolations(),
    open: channels.flatMap((channel, place) => {
      const count = open[place] ?? 0;
      return count === 0 ? [] : [{ channel, count }];
    }),
    notices: { pending, overdue, givenUp },
    queues,
    redis,
  };
}

/** The number of orders whose `moment` is in each of the minutes from `first` on. */
function perMinute(db: DataSource, moment: string, first: Date, which = 'TRUE'): Promise<number[]> {
  const text = `FROM payment_order WHERE ${which} AND ${moment} >= ? AND ${moment} < ?`;
  const minutes = minutesFrom(first).map((minute) => sql(text, minute, minutesAfter(minute, 1)));
  return countEach(db, minutes, IN_A_MINUTE_AT_MOST);
}

const floorToMinute = (time: Date) => new Date(Math.floor(time.getTime() / MINUTE_MS) * MINUTE_MS);
const minutesAfter = (time: Date, minutes: number) => new Date(time.getTime() + minutes * MINUTE_MS);
const minutesFrom = (first: Date) => Array.from({ length: MINUTES }, (_, i) => minutesAfter(first, i));
