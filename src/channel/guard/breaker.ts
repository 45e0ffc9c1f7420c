import type { Ticks } from '../../platform/clock/clock.ts';
import type { Failure } from '../channel.ts';

/** So many different orders in a row without an answer: the channel is down, not one order faulty. */
export const UNKNOWN_IN_A_ROW = 5;
/** Fewer, because a wrong key fails every call. */
export const MISCONFIGURED_IN_A_ROW = 3;
/**
 * The faults that open a circuit breaker lie within this time, ms: a few odd orders in a quiet night prove nothing.
 */
export const ROW_WITHIN_MS = 60_000;
/** Waits of an open circuit breaker before the next probe, ms; longer after each failed probe. */
export const DOWN_MS: readonly number[] = [5_000, 10_000, 20_000, 30_000];
/** A wrong key is not fixed within seconds. */
const MISCONFIGURED_MS = 60_000;
/** How long an unprobed channel is reported out of order after its wait, ms; later its state is unknown. */
export const UNTRIED_MS = 90_000;
/** While probing, one attempt passes per this interval, ms, until an answer decides. */
export const PROBE_EVERY_MS = 2_000;

type Fault = Extract<Failure['kind'], 'unknown' | 'misconfigured'>;

interface Met {
  orderNo: string;
  operation: string;
  at: number;
}

export interface BreakerEvents {
  /** The channel worked until now. */
  opened(fault: Fault, answer: string, waitMs: number): void;
  /** A probe failed too. */
  stillOpen(fault: Fault, answer: string, waitMs: number): void;
  closed(): void;
}

/** The result of a call. `orderNo` is its order: one odd order proves nothing. */
export interface Called {
  orderNo: string;
  operation: string;
  kind: string;
  answer: string;
}

export interface Breaker {
  /** Null while closed; otherwise ms until an attempt may pass (0: now). No side effects. */
  unavailableForMs(): number | null;
  /** How long it has not been closed, ms; 0 while closed. No side effects. */
  outForMs(): number;
  /** For display: false also if the wait has long been over without any attempt to probe with. No side effects. */
  isOutOfOrder(): boolean;
  /** Asks to begin an attempt. Null: go ahead, possibly as the probe. Otherwise ms until the next try. */
  admit(): number | null;
  /** Whether a call must not reach the network. */
  refuses(): boolean;
  note(called: Called): void;
}

/**
 * A circuit breaker (熔断), in three states:
 * - closed: everything passes. Opens if enough different orders in a row, within a minute, got no answer (`unknown`)
 *   or the answer that we are at fault (`misconfigured`). Any other answer resets the count, except `rate_limited`,
 *   which proves nothing: at WeChat it usually means that this customer is paying.
 * - open: nothing passes for a while; results of calls that were in flight are ignored.
 * - probing: one attempt per `PROBE_EVERY_MS` passes. The first answer decides: closed, or open again for longer.
 *
 * `operationsInARow`: how many different operations must be among the faults that open it. `downMs`: see `DOWN_MS`.
 *
 * In memory, per process: it must react quickly, not everywhere at once. Waits use monotonic ticks, so a clock
 * correction cannot keep a channel blocked.
 */
export function createBreaker(
  now: Ticks,
  events: BreakerEvents,
  operationsInARow = 1,
  downMs = DOWN_MS,
): Breaker {
  /** The faults in a row, by order and operation, each with its last tick. */
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
    const emit = state === 'closed' ? events.opened : events.stillOpen;
    state = 'open';
    emit(fault, answer, waitMs);
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
