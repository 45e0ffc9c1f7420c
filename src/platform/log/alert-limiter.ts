import type { Ticks } from '../clock/clock.ts';

/** True: alert now. False: this process has already alerted for `key` within the interval. */
export type ShouldAlert = (key: string) => boolean;

/** Rate-limits alerts: a fault that thousands of orders share alerts once per `intervalMs`. Use few distinct keys. */
export function createAlertLimiter(ticks: Ticks, intervalMs: number): ShouldAlert {
  const alertedAt = new Map<string, number>();
  return (key) => {
    const now = ticks();
    if (now - (alertedAt.get(key) ?? Number.NEGATIVE_INFINITY) < intervalMs) return false;
    alertedAt.set(key, now);
    return true;
  };
}
