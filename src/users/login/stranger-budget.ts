import type { Clock } from '../../platform/clock/clock.ts';

/** The burst, and the ms per further password: the share of the processor that all strangers get together. */
const BURST = 60;
const EVERY_MS = 1_000;

export type StrangerBudget = ReturnType<typeof createStrangerBudget>;

/**
 * Limits how many passwords of strangers one process checks, from all addresses: an attacker may have any number of
 * addresses, and each check costs a good 0.1 s of a core that closing orders needs.
 */
export function createStrangerBudget(clock: Clock) {
  let left = BURST;
  let countedMs = clock.now().getTime();

  return {
    /** Takes one. Returns null, or the ms until the next is available. */
    take(): number | null {
      const nowMs = clock.now().getTime();
      // A clock that is set back adds nothing and removes nothing.
      left = Math.min(BURST, left + Math.max(0, nowMs - countedMs) / EVERY_MS);
      countedMs = nowMs;
      if (left < 1) return Math.ceil((1 - left) * EVERY_MS);
      left -= 1;
      return null;
    },
  };
}
