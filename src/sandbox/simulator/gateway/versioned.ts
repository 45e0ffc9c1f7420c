/** How many earlier states are kept for stale reads. */
const MAX_PAST = 8;

/** A value with its history, so that a stale read can return an earlier state. */
export interface Versioned<T> {
  current: T;
  /** Oldest first; each value held until `until`. */
  past: { until: number; value: T }[];
}

export function versioned<T>(value: T): Versioned<T> {
  return { current: value, past: [] };
}

export function change<T>(entry: Versioned<T>, nowMs: number, patch: Partial<T>): T {
  entry.past.push({ until: nowMs, value: entry.current });
  if (entry.past.length > MAX_PAST) entry.past.shift();
  entry.current = { ...entry.current, ...patch };
  return entry.current;
}

/** How far a replica lags: milliseconds, or `previous` for one that lacks the last change. */
export type Staleness = number | 'previous';

/** The replica's value: the first one at the earliest. */
export function asOf<T>(entry: Versioned<T>, nowMs: number, staleness: Staleness | null): T {
  if (staleness === null) return entry.current;
  if (staleness === 'previous') return entry.past.at(-1)?.value ?? entry.current;
  const at = nowMs - staleness;
  return entry.past.find((version) => version.until > at)?.value ?? entry.current;
}
