import type { Ticks } from '../../platform/clock/clock.ts';
import type { Failure } from '../channel.ts';

/** This many different orders in a row without an answer: the channel is down, not one order faulty. */
export const UNKNOWN_IN_A_ROW = 5;
/** A wrong key shows in every call. */
export const MISCONFIGURED_IN_A_ROW = 3;
/** All of them within so many ms: what a few odd orders met in the course of a quiet night proves nothing. */
export const ROW_WITHIN_MS = 60_000;
/** How long a channel that is down is left alone, ms; longer with every attempt that shows it still down. */
export const DOWN_MS: readonly number[] = [5_000, 10_000, 20_000, 30_000];
/** A wrong key is not fixed within seconds. */
const MISCONFIGURED_MS = 60_000;
/** How long after its wait, ms, a channel that nobody has tried is still said to be out of order: nothing is known by then. */
export const UNTRIED_MS = 90_000;
/** Then one attempt is let through in so many ms, until an answer decides. */
export const PROBE_EVERY_MS = 2_000;

type Fault = Extract<Failure['kind'], 'unknown' | 'misconfigured'>;

interface Met {
  orderNo: string;
  operation: string;
  at: number;
}

export interface BreakerEvents {
  /** It worked until now. */
  opened(fault: Fault, answer: string, waitMs: number): void;
  /** A probe showed that it is still failing. */
  stillOpen(fault: Fault, answer: string, waitMs: number): void;
  closed(): void;
}

/** What a call came back with. `orderNo` is which order it was about: one odd order proves nothing. */
export interface Called {
  orderNo: string;
  operation: string;
  kind: string;
  answer: string;
}

export interface Breaker {
  /** Null while the channel works; else in how many ms an attempt may be let through (0: now). No effect. */
  unavailableForMs(): number | null;
  /** For how long it has not been working, ms; 0: it works. No effect. */
  outForMs(): number;
  /** For people: false also where the wait has long been over and nobody has had anything to try it with. No effect. */
  isOutOfOrder(): boolean;
  /** Asks to begin an attempt. Null: go ahead, possibly as the probe. Else ask again in so many ms. */
  admit(): number | null;
  /** Whether a call must not reach the network. */
  refuses(): boolean;
  note(called: Called): void;
}

/**
 * A circuit breaker (熔断), in three states:
 * - closed: everything passes. Opens when enough different orders in a row, within a minute, got no answer (`unknown`) or
 *   were told that we are at fault (`misconfigured`). Any other answer in between ends the row, but for `rate_limited`, which
 *   proves nothing: at WeChat it usually means that this customer is paying.
 * - open: nothing passes for a while, and what was under way before says nothing any more.
 * - probing: one attempt in `PROBE_EVERY_MS` passes. The first answer decides: closed, or open again for longer.
 *
 * `operationsInARow`: how many different operations must be among the calls of the row that opens it. `downMs`: see `DOWN_MS`.
 *
 * In memory, for each process by itself: it has to be right soon, not everywhere at once. Its waits are measured
 * in ticks, so that no corrected clock keeps a channel shut.
 */
export function createBreaker(
  now: Ticks,
  events: BreakerEvents,
  operationsInARow = 1,
  downMs = DOWN_MS,
): Breaker {
  /** The calls in a row: each order and operation, with the tick at which it was met last. */
  const inARow = { unknown: new Map<string, Met>(), misconfigured: new Map<string, Met>() };
  let state: 'closed' | 'open' | 'probing' = 'closed';
  let nextAttemptAt = 0;
  let failedProbes = 0;
  let openedAt = 0;

  function open(fault: Fault, answer: string): void {
    const down = downMs[Math.min(failedProbes, downMs.length - 1)] ?? MISCONFIGURED_MS;
    const waitMs = fault === 'misconfigured' ? MISCONFIGURED_MS : down;
    nextAttemptAt = now() + waitMs;
    if (state === 'closed') openedAt = now();
    const tell = state === 'closed' ? events.opened : events.stillOpen;
    state = 'open';
    tell(fault, answer, waitMs);
  }

  function endRow(): void {
    inARow.unknown.clear();
    inARow.misconfigured.clear();
  }

  function noteWhileClosed({ orderNo, operation, kind, answer }: Called): void {
    if (kind === 'rate_limited') return;
    if (!isFault(kind)) {
      endRow();
      return;
    }
    const row = inARow[kind];
    row.set(`${orderNo} ${operation}`, { orderNo, operation, at: now() });
    for (const [key, { at }] of row) if (at <= now() - ROW_WITHIN_MS) row.delete(key);
    const met = [...row.values()];
    const orders = new Set(met.map((each) => each.orderNo));
    if (orders.size < (kind === 'unknown' ? UNKNOWN_IN_A_ROW : MISCONFIGURED_IN_A_ROW)) return;
    if (new Set(met.map((each) => each.operation)).size < operationsInARow) return;
    endRow();
    open(kind, answer);
  }

  function noteProbe({ kind, answer }: Called): void {
    if (isFault(kind)) {
      failedProbes += 1;
      open(kind, answer);
      return;
    }
    state = 'closed';
    failedProbes = 0;
    events.closed();
  }

  return {
    unavailableForMs: () => (state === 'closed' ? null : Math.max(0, nextAttemptAt - now())),
    outForMs: () => (state === 'closed' ? 0 : now() - openedAt),
    isOutOfOrder: () => state !== 'closed' && now() < nextAttemptAt + UNTRIED_MS,
    admit() {
      if (state === 'closed') return null;
      const waitMs = nextAttemptAt - now();
      if (waitMs > 0) return waitMs;
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

function isFault(kind: string): kind is Fault {
  return kind === 'unknown' || kind === 'misconfigured';
}
