/** The clock that all deadlines use. Code that decides by time gets it as an argument; `order/` never reads the system clock. */
export interface Clock {
  now(): Date;
  /** How long this process may have stalled without `now` noticing, ms: a paused machine's ticks pause, too. Undefined: 0. */
  stalledMs?(): number;
}

/** The clock of this machine. */
export const systemClock: Clock = { now: () => new Date() };

/** A monotonic clock in ms, for waits within this process: unaffected by corrections of the system clock. */
export type Ticks = () => number;

export const ticks: Ticks = () => performance.now();
