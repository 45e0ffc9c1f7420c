/** What another machine's clock said, in ms of its own, at some moment between two ticks of ours. */
export interface Sample {
  at: number;
  sentAt: number;
  receivedAt: number;
}

/** What a sample says of the other clock, beside what was known. */
export type Verdict =
  | { kind: 'agrees' }
  /** The other clock is another one than before, by so many ms: negative is back. */
  | { kind: 'jumped'; byMs: number }
  /** A forward jump that was not believed yet has gone. */
  | { kind: 'returned' }
  /** A forward jump has stood for so long that it is believed. */
  | { kind: 'believed'; byMs: number };

export interface TimeLine {
  /** The earliest that the other clock can say at this tick, ms. */
  read(tick: number): number;
  take(sample: Sample): Verdict;
  /**
   * A third clock has stated this time at this tick. True where it bears out a forward jump, which is believed from then
   * on; where it bears out only a part of it, that part is.
   */
  hear(at: number, tick: number): boolean;
  /** By how much the other clock is ahead of what is read here, ms; 0 unless a forward jump is not believed yet. */
  heldMs(): number;
}

/** Between which values the difference of the other clock and our ticks lies, ms, as of a tick. */
interface Bounds {
  low: number;
  high: number;
  asOf: number;
}

/** How fast two clocks may drift apart, in parts of the time: NTP slews each by 500 ppm at most. */
const DRIFT = 0.001;
/** What is followed without a word, ms: less than any margin that deadlines have. */
const STEP_MS = 1_000;
/** How long a forward jump has to stand before it is believed on the other clock's word alone, ms. */
const BELIEVE_AFTER_MS = 300_000;
/** By how much a stated time may be behind, ms: it is in whole seconds, and was on its way. */
const STATED_LATE_MS = 3_000;

/**
 * Follows another machine's clock along ticks that only go forward, so that no step of this machine's clock matters.
 *
 * - A reading is never later than the other clock says: the answer may have been given at any moment of its round trip, and
 *   the earliest is taken. So a slow answer, a process that stands still and ticks that stand still with it (a paused
 *   virtual machine) make readings early, never late.
 * - Of several samples the intersection counts, so that the quickest answers decide and slow ones change nothing.
 * - A jump back is followed at once: it makes deadlines later. A jump forward is not, because it would end orders
 *   early. The earlier reading stays until a third clock bears the jump out or it has stood for 5 minutes in which none
 *   has spoken against it.
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
    hear(at, tick) {
      if (ahead === null) return false;
      const said = at - tick;
      if (said >= ahead.low - STATED_LATE_MS) {
        believe(ahead);
        return true;
      }
      // A part of it is so: this process has stood still, and the other clock has jumped as well.
      if (said > trusted.high + STEP_MS) trusted = { low: said, high: said + STATED_LATE_MS, asOf: tick };
      aheadSince = tick;
      return false;
    },
  };
}

function boundsOf({ at, sentAt, receivedAt }: Sample): Bounds {
  return { low: at - receivedAt, high: at - sentAt, asOf: receivedAt };
}

/** How far apart the two are, ms, drift allowed for; 0 where they can be the same, positive where `later` is ahead. */
function gapBetween(earlier: Bounds, later: Bounds): number {
  const drift = driftOf(earlier, later);
  return Math.max(0, later.low - earlier.high - drift) - Math.max(0, earlier.low - drift - later.high);
}

/** Both hold: what they have in common. */
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
