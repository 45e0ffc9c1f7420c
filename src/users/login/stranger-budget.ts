import type { Clock } from '../../platform/clock/clock.ts';

/** How many at once, and one more after so many ms: what all of them together may take of the processor. */
const BURST = 60;
const EVERY_MS = 1_000;

export type StrangerBudget = ReturnType<typeof createStrangerBudget>;

/**
 * How many passwords of strangers one process looks at, from wherever they come: an attacker may have any number of
 * addresses, and each guess costs a good 0.1 s of a core that is needed for closing orders.
 */
export function createStrangerBudget(clock: Clock) {
  let left = BURST;
  let countedMs = clock.now().getTime();

  return {
    /** Takes one; null, or when there will be another, ms from now. */
    take(): number | null {
      const nowMs = clock.now().getTime();
      // A clock that is set back gives nothing and takes nothing.
      left = Math.min(BURST, left + Math.max(0, nowMs - countedMs) / EVERY_MS);
      countedMs = nowMs;
      if (left < 1) return Math.ceil((1 - left) * EVERY_MS);
      left -= 1;
      return null;
    },
  };
}
