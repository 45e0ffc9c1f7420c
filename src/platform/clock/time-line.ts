/** A reading of another machine's clock (`at`, ms), taken at some point between two of our ticks. */
export interface Sample {
  at: number;
  sentAt: number;
  receivedAt: number;
}

/** What a sample shows about the other clock, compared with what was known. */
export type Verdict =
  | { kind: 'agrees' }
  /** The other clock jumped by this much, ms; negative: backward. */
  | { kind: 'jumped'; byMs: number }
  /** A forward jump that was not accepted yet has been undone. */
  | { kind: 'returned' }
  /** A forward jump has lasted long enough and is accepted now. */
  | { kind: 'believed'; byMs: number };

export interface TimeLine {
  /** The earliest time that the other clock can show at this tick, ms. */
  read(tick: number): number;
  take(sample: Sample): Verdict;
  /**
   * Takes a third clock's time at this tick. True if it confirms a forward jump, which is then accepted. If it confirms
   * only part of the jump, that part is accepted.
   */
  observe(at: number, tick: number): boolean;
  /** How far the other clock is ahead of `read`, ms; 0 unless a forward jump is not accepted yet. */
  heldMs(): number;
}

/** The bounds of the difference between the other clock and our ticks, ms, as of a tick. */
interface Bounds {
  low: number;
  high: number;
  asOf: number;
}

/** How fast two clocks may drift apart, as a fraction of the time: NTP slews each by 500 ppm at most. */
const DRIFT = 0.001;
/** A smaller step is followed silently, ms: below every margin of the deadlines. */
const STEP_MS = 1_000;
/** How long a forward jump must last before it is accepted without confirmation, ms. */
const BELIEVE_AFTER_MS = 300_000;
/** How far a stated time may be behind, ms: it is in whole seconds, and the answer took time to arrive. */
const STATED_LATE_MS = 3_000;

/**
 * Follows another machine's clock on monotonic ticks, so that steps of this machine's clock have no effect.
 *
 * - A reading is never later than the other clock: an answer may have been given at any point of its round trip, and the
 *   earliest one is assumed. So slow answers, stalled processes and paused ticks (a suspended virtual machine) make
 *   readings early, never late.
 * - The bounds are the intersection of the samples: the quickest answers decide, slow ones change nothing.
 * - A backward jump is followed immediately: it makes deadlines later. A forward jump is not, because it would end orders
 *   early: the earlier reading holds until a third clock confirms the jump, or until it has lasted 5 minutes without being
 *   contradicted.
 */
export function createTimeLine(first: Sample): TimeLine {
  let trusted = boundsOf(first);
  let ahead: Bounds | null = null;
  let aheadSince = 0;

  const heldMs = () => (ahead === null ? 0 : Math.max(0, Math.round(ahead.low - trusted.low)));

  function believe(bounds: Bounds): number {
    const byMs = Math.round(bounds.low - trusted.low);
    trusted = bounds;
    ahead = null;
    return byMs;
  }

  return {
    read: (tick) => tick + trusted.low,
    heldMs,
    take(sample) {
      const taken = boundsOf(sample);
      const gap = gapBetween(trusted, taken);
      if (Math.abs(gap) <= STEP_MS) {
        trusted = gap === 0 ? narrowed(trusted, taken) : taken;
        const kind = ahead === null ? 'agrees' : 'returned';
        ahead = null;
        return { kind };
      }
      if (gap < 0) return { kind: 'jumped', byMs: believe(taken) };
      if (ahead === null || Math.abs(gapBetween(ahead, taken)) > STEP_MS) {
        ahead = taken;
        aheadSince = sample.receivedAt;
        return { kind: 'jumped', byMs: heldMs() };
      }
      ahead = gapBetween(ahead, taken) === 0 ? narrowed(ahead, taken) : taken;
      if (sample.receivedAt - aheadSince < BELIEVE_AFTER_MS) return { kind: 'agrees' };
      return { kind: 'believed', byMs: believe(ahead) };
    },
    observe(at, tick) {
      if (ahead === null) return false;
      const said = at - tick;
      if (said >= ahead.low - STATED_LATE_MS) {
        believe(ahead);
        return true;
      }
      // Part of it is true: this process stalled, and the other clock jumped as well.
      if (said > trusted.high + STEP_MS) trusted = { low: said, high: said + STATED_LATE_MS, asOf: tick };
      aheadSince = tick;
      return false;
    },
  };
}

function boundsOf({ at, sentAt, receivedAt }: Sample): Bounds {
  return { low: at - receivedAt, high: at - sentAt, asOf: receivedAt };
}

/** The distance of two bounds, ms, allowing for drift; 0 if they overlap, positive if `later` is ahead. */
function gapBetween(earlier: Bounds, later: Bounds): number {
  const drift = driftOf(earlier, later);
  return Math.max(0, later.low - earlier.high - drift) - Math.max(0, earlier.low - drift - later.high);
}

/** The intersection of two bounds. */
function narrowed(earlier: Bounds, later: Bounds): Bounds {
  const drift = driftOf(earlier, later);
  return {
    low: Math.max(earlier.low - drift, later.low),
    high: Math.min(earlier.high + drift, later.high),
    asOf: later.asOf,
  };
}

function driftOf(earlier: Bounds, later: Bounds): number {
  return (later.asOf - earlier.asOf) * DRIFT;
}
