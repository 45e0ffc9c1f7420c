import type { DataSource } from 'typeorm';
import type { ChannelName } from '../../channel/channel.ts';
import type { OrderDeps } from '../../order/deps.ts';
import { readChannels } from '../seen-channels.ts';
import { sql } from '../sql.ts';
import { countEach } from './counts.ts';
import { readLateness } from './lateness.ts';
import { COUNT_AT_MOST, readVitals, type Vitals, type VitalsDeps } from './vitals.ts';

const MINUTE_MS = 60_000;
/** Of which the figures show each, ahead and back. */
const MINUTES = 60;
/** In one minute no more are counted. */
const IN_A_MINUTE_AT_MOST = 20_000;
/** However many look, the database is asked this often at most, ms. */
const KEEP_MS = 2_000;

/** How full a channel's queue is. */
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

/** The dashboard, see `Figures` in `src/http/admin/api.ts`; this is that with moments as dates. */
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
  /** Null where Redis is away or unusable. Never throws. */
  readDepths(): Promise<QueueDepth[] | null>;
  /** Never throws. */
  readQueueHealth(): Promise<QueueFigures>;
}

/**
 * Reads the figures, from indexes alone but for the late payments, and counts no further than people care. Whoever asks while they are being read, or within
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

async function readFigures(sources: FiguresDeps): Promise<Figures> {
  const { db, deps, readDepths, readQueueHealth } = sources;
  const depths = Promise.all([readDepths(), readQueueHealth()]);
  // One after the other: of the few connections for people, one does.
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

/** How many orders there are whose `moment` is in each of the minutes from `first` on. */
function perMinute(db: DataSource, moment: string, first: Date, which = 'TRUE'): Promise<number[]> {
  const text = `FROM payment_order WHERE ${which} AND ${moment} >= ? AND ${moment} < ?`;
  const minutes = minutesFrom(first).map((minute) => sql(text, minute, minutesAfter(minute, 1)));
  return countEach(db, minutes, IN_A_MINUTE_AT_MOST);
}

const floorToMinute = (time: Date) => new Date(Math.floor(time.getTime() / MINUTE_MS) * MINUTE_MS);
const minutesAfter = (time: Date, minutes: number) => new Date(time.getTime() + minutes * MINUTE_MS);
const minutesFrom = (first: Date) => Array.from({ length: MINUTES }, (_, i) => minutesAfter(first, i));
