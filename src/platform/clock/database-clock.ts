import type { Logger } from '../log/logger.ts';
import { type Clock, ticks as monotonicTicks, type Ticks } from './clock.ts';
import { createTimeLine, type Sample } from './time-line.ts';

/**
 * The database's clock, followed from here: every process that shares the database compares deadlines on the
 * same clock, whatever its own says. It runs on monotonic ticks between measurements, so steps of this machine's clock
 * change nothing, and is never ahead of the database's (`time-line.ts`). While the database does not answer, it runs on.
 */
export interface DatabaseClock extends Clock {
  /** A channel has stated this time with an answer that just arrived: a third clock, beside ours and the database's. */
  hear(time: Date): void;
  /** Measures now. Never throws: while the database does not answer, the clock runs on. */
  measure(): Promise<void>;
  /** By how much the database's clock is ahead of the deadlines' after a jump that is not believed yet, ms; usually 0. */
  heldMs(): number;
  stop(): void;
}

/** What answers questions in SQL, as a `DataSource` does. */
interface Asked {
  query(sql: string): Promise<{ utc: string }[]>;
}

export interface DatabaseClockOptions {
  log: Logger;
  /** Called with each jump of the database's clock, ms; negative is back. */
  onJump?: (byMs: number) => void;
  ticks?: Ticks;
  /** The clock of this machine, ms since 1970: only to notice that ticks have stood still. */
  wall?: () => number;
}

const REFRESH_MS = 30_000;
/** An answer that took no longer is good enough, ms; else the best of several counts. */
const QUICK_MS = 5;
const SAMPLES = 5;

/** By so much the machine's clock may run ahead of its ticks between two measurements, ms. */
const WALL_SLACK_MS = 1_000;

/** Throws if the database does not answer the first question. */
export async function followDatabaseClock(
  db: Asked,
  { log, onJump = () => {}, ticks = monotonicTicks, wall = Date.now }: DatabaseClockOptions,
): Promise<DatabaseClock> {
  const line = createTimeLine(await bestSample(db, ticks));
  let measuredAt = { wall: wall(), ticks: ticks() };

  function take(sample: Sample): void {
    const verdict = line.take(sample);
    if (verdict.kind === 'jumped') {
      const { byMs } = verdict;
      const deadlines = byMs < 0 ? 'follow it' : 'keep the earlier time';
      log.error({ byMs, deadlines }, 'database clock jumped');
      onJump(byMs);
    }
    if (verdict.kind === 'returned') log.info('database clock recovered');
    if (verdict.kind === 'believed')
      log.warn({ byMs: verdict.byMs }, 'database clock jump accepted; deadlines follow it');
  }

  let measuring: Promise<void> | null = null;
  const measure = () => {
    measuring ??= bestSample(db, ticks)
      .then((sample) => {
        take(sample);
        measuredAt = { wall: wall(), ticks: ticks() };
      })
      .catch(() => {})
      .finally(() => {
        measuring = null;
      });
    return measuring;
  };
  const timer = setInterval(() => void measure(), REFRESH_MS);
  timer.unref();
  return {
    now: () => new Date(line.read(ticks())),
    stoodStillMs() {
      const byMs = wall() - measuredAt.wall - (ticks() - measuredAt.ticks);
      if (byMs <= WALL_SLACK_MS) return 0;
      // Perhaps only this machine's clock was set: the database says which.
      void measure();
      return byMs;
    },
    hear(time) {
      const byMs = line.heldMs();
      if (line.hear(time.getTime(), ticks()))
        log.warn({ byMs }, 'database clock confirmed by a channel; deadlines follow it');
    },
    measure,
    heldMs: line.heldMs,
    stop: () => clearInterval(timer),
  };
}

/** One that came back quickly, or the quickest of a few. Throws if the database does not answer. */
async function bestSample(db: Asked, ticks: Ticks): Promise<Sample> {
  let best: Sample | null = null;
  for (let count = 0; count < SAMPLES; count += 1) {
    const sample = await ask(db, ticks);
    if (best === null || roundTripOf(sample) < roundTripOf(best)) best = sample;
    if (roundTripOf(best) <= QUICK_MS) break;
  }
  if (best === null) throw new Error('no sample was taken');
  return best;
}

const roundTripOf = ({ sentAt, receivedAt }: Sample) => receivedAt - sentAt;

async function ask(db: Asked, ticks: Ticks): Promise<Sample> {
  const sentAt = ticks();
  const rows = await db.query("SELECT DATE_FORMAT(UTC_TIMESTAMP(3), '%Y-%m-%dT%H:%i:%s.%fZ') AS utc");
  const receivedAt = ticks();
  const at = Date.parse(rows[0]?.utc ?? '');
  if (Number.isNaN(at)) throw new Error('the database did not say what time it is');
  return { at, sentAt, receivedAt };
}
