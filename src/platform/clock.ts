/**
 * The one clock that deadlines are compared on. Everything that decides by time receives it as an argument;
 * nothing in `order/` reads the system clock.
 */
export interface Clock {
  now(): Date;
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => new Date() };
