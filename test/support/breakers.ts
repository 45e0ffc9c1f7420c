import type { App } from '../../src/app.ts';
import { guardChannel } from '../../src/channel/guard/guard.ts';

/** How often a worker asks whether its channel may be tried again, ms: for the time of day passes. */
const WAIT_MS = 500;
/** The program allows more than the tests' workers have in hand. */
const MAX_CALLS = 200;

/** The time of an app's breakers. */
export interface BreakerTime {
  /** The waits of all that is out of order are over: one attempt is let through. */
  pass(): void;
}

/** Puts the app's channels behind breakers whose waits end when the test says so. */
export function holdBreakers({ deps }: App): BreakerTime {
  const { clock, log, shouldAlert } = deps;
  let now = 0;
  const guard = { clock, log, shouldAlert, ticks: () => now, maxCalls: MAX_CALLS, downMs: [WAIT_MS] };
  deps.channels = new Map(
    [...deps.channels].map(([name, { unguarded }]) => [name, guardChannel(unguarded, guard)]),
  );
  return {
    pass() {
      now += WAIT_MS;
    },
  };
}

/**
 * Lets every call of the app through, for a test file in which so many orders in a row meet a gateway's fault, each its own, that
 * breakers would open.
 */
export function withoutBreakers({ deps }: App): void {
  deps.channels = new Map(
    [...deps.channels].map(([name, { unguarded }]) => [
      name,
      { ...unguarded, unguarded, admit: () => null, unavailable: () => null, outOfOrder: () => [] },
    ]),
  );
}
