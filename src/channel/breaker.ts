import type { Clock } from '../platform/clock.ts';
import type { Failure } from './channel.ts';

/** So many different orders in a row without any answer: the channel is down, not the order odd. */
export const UNKNOWN_IN_A_ROW = 5;
/** A wrong key shows in every call. */
export const MISCONFIGURED_IN_A_ROW = 3;
/** How long a channel that is down is left alone, ms; longer with every attempt that shows it still down. */
const DOWN_MS = [5_000, 10_000, 20_000, 30_000];
/** Nobody mends a key in seconds. */
const MISCONFIGURED_MS = 60_000;
/** Then one attempt is let through in so many ms, until an answer decides. */
export const PROBE_EVERY_MS = 2_000;

type Trouble = Extract<Failure['kind'], 'unknown' | 'misconfigured'>;

export interface BreakerEvents {
  /** It was working until now. */
  opened(trouble: Trouble, answer: string, until: Date): void;
  /** A probe showed that it is still in trouble. */
  stillOpen(trouble: Trouble, answer: string, until: Date): void;
  closed(): void;
}

/** What a call came back with. `orderNo` is which order it was about: one odd order proves nothing. */
export interface Called {
  orderNo: string;
  kind: string;
  answer: string;
}

export interface Breaker {
  /** Null while the channel works; else the earliest moment at which an attempt may be let through. No effect. */
  unavailableUntil(): Date | null;
  /** Asks to begin an attempt. Null: go ahead, possibly as the probe. Else ask again then. */
  admit(): Date | null;
  /** True where a call must not reach the network. */
  refuses(): boolean;
  note(called: Called): void;
}

/**
 * A channel's circuit breaker (熔断), in three states:
 * - closed: everything passes. Opens when enough different orders in a row got no answer (`unknown`) or were told
 *   that we are at fault (`misconfigured`). Any other answer in between ends the row, but for `rate_limited`, which
 *   proves nothing: at WeChat it usually means that this customer is paying.
 * - open: nothing passes for a while, and what was under way before says nothing any more.
 * - probing: one attempt in `PROBE_EVERY_MS` passes. The first answer decides: closed, or open again for longer.
 *
 * In memory, one for each channel and process: it has to be right soon, not everywhere at once.
 */
export function createBreaker(clock: Clock, events: BreakerEvents): Breaker {
  const inARow = { unknown: new Set<string>(), misconfigured: new Set<string>() };
  let state: 'closed' | 'open' | 'probing' = 'closed';
  let nextAttemptAt = 0;
  let failedProbes = 0;

  const now = () => clock.now().getTime();

  function open(trouble: Trouble, answer: string): void {
    const down = DOWN_MS[Math.min(failedProbes, DOWN_MS.length - 1)] ?? MISCONFIGURED_MS;
    nextAttemptAt = now() + (trouble === 'misconfigured' ? MISCONFIGURED_MS : down);
    const tell = state === 'closed' ? events.opened : events.stillOpen;
    state = 'open';
    tell(trouble, answer, new Date(nextAttemptAt));
  }

  function endRow(): void {
    inARow.unknown.clear();
    inARow.misconfigured.clear();
  }

  function noteWhileClosed({ orderNo, kind, answer }: Called): void {
    if (kind === 'rate_limited') return;
    if (!isTrouble(kind)) {
      endRow();
      return;
    }
    inARow[kind].add(orderNo);
    const enough = kind === 'unknown' ? UNKNOWN_IN_A_ROW : MISCONFIGURED_IN_A_ROW;
    if (inARow[kind].size < enough) return;
    endRow();
    open(kind, answer);
  }

  function noteProbe({ kind, answer }: Called): void {
    if (isTrouble(kind)) {
      failedProbes += 1;
      open(kind, answer);
      return;
    }
    state = 'closed';
    failedProbes = 0;
    events.closed();
  }

  return {
    unavailableUntil: () => (state === 'closed' ? null : new Date(Math.max(nextAttemptAt, now()))),
    admit() {
      if (state === 'closed') return null;
      if (now() < nextAttemptAt) return new Date(nextAttemptAt);
      state = 'probing';
      nextAttemptAt = now() + PROBE_EVERY_MS;
      return null;
    },
    refuses: () => state === 'open' && now() < nextAttemptAt,
    note(called) {
      if (state === 'closed') noteWhileClosed(called);
      else if (state === 'probing') noteProbe(called);
    },
  };
}

function isTrouble(kind: string): kind is Trouble {
  return kind === 'unknown' || kind === 'misconfigured';
}
