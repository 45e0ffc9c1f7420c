/**
 * The one clock that deadlines are compared on. Everything that decides by time receives it as an argument;
 * nothing in `order/` reads the system clock.
 */
export interface Clock {
  now(): Date;
  /**
   * For how long this process may have stood still without `now` knowing, ms: a paused machine's ticks stand still with it.
   * Undefined: never.
   */
  stoodStillMs?(): number;
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => new Date() };

/**
 * Ms since some moment, only ever forward: for waits within this process, which must not grow or shrink when a clock
 * is corrected.
 */
export type Ticks = () => number;

export const ticks: Ticks = () => performance.now();
