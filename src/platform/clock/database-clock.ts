import { every } from '../every.ts';
import type { Logger } from '../log/logger.ts';
import { type Clock, ticks as monotonicTicks, type Ticks } from './clock.ts';
import { createTimeLine, type Sample } from './time-line.ts';

/**
 * The database's clock, followed locally: all processes that share the database use the same clock for deadlines,
 * regardless of their own. Between measurements it runs on monotonic ticks, so steps of this machine's clock have no
 * effect. It is never ahead of the database (`time-line.ts`), and keeps running while the database does not answer.
 */
export interface DatabaseClock extends Clock {
  /** Takes a time that a channel stated in an answer that just arrived: a third clock besides ours and the database's. */
  observe(time: Date): void;
  /** Measures now. Never throws: while the database does not answer, the clock keeps running. */
  measure(): Promise<void>;
  /** How far the database's clock is ahead of this one after a jump that is not accepted yet, ms; usually 0. */
  heldMs(): number;
  stop(): Promise<void>;
}

/** The part of `DataSource` that is needed. */
interface Asked {
  query(sql: string): Promise<{ utc: string }[]>;
}

export interface DatabaseClockOptions {
  log: Logger;
  /** Called with each jump of the database's clock, ms; negative: backward. */
  onJump?: (byMs: number) => void;
  ticks?: Ticks;
  /** This machine's clock, ms since 1970; only used to detect that ticks have paused. */
  wall?: () => number;
}

const REFRESH_MS = 30_000;
/** A round trip up to this, ms, is good enough; otherwise the best of several samples is used. */
const QUICK_MS = 5;
const SAMPLES = 5;

/** How far the machine's clock may run ahead of its ticks between two measurements, ms. */
const WALL_SLACK_MS = 1_000;

/** Starts to follow the database's clock. Throws if the first measurement fails. */
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

  const { run: measure, stop } = every(REFRESH_MS, () =>
    bestSample(db, ticks)
      .then((sample) => {
        take(sample);
        measuredAt = { wall: wall(), ticks: ticks() };
      })
      .catch(() => {}),
  );
  return {
    now: () => new Date(line.read(ticks())),
    stalledMs() {
      const byMs = wall() - measuredAt.wall - (ticks() - measuredAt.ticks);
      if (byMs <= WALL_SLACK_MS) return 0;
      // Perhaps only this machine's clock was set: the database decides.
      void measure();
      return byMs;
    },
    observe(time) {
      const byMs = line.heldMs();
      if (line.observe(time.getTime(), ticks()))
        log.warn({ byMs }, 'database clock confirmed by a channel; deadlines follow it');
    },
    measure,
    heldMs: line.heldMs,
    stop,
  };
}

/** Returns the first quick sample, or the quickest of a few. Throws if the database does not answer. */
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
