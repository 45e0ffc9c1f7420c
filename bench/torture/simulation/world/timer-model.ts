import type { CloseTimer } from '../../../../src/order/close-timer.ts';
import type { Clock } from '../../../../src/platform/clock/clock.ts';

/** A worker that died holding a job is noticed after so long, ms (`timer/close-worker.ts`). */
const STALLED_MS = 10_000;

/**
 * The queue's behaviour without the queue, for one order on a virtual clock: one timer; it can be set again while
 * it waits, not while it runs; it goes by the row when it ends; a killed worker's timer fires again; all of it can be
 * lost, or be out of reach. The true queue is what the storm is for.
 */
export interface TimerModel extends CloseTimer {
  /** When it fires next; null when there is none. */
  at(): Date | null;
  isDue(): boolean;
  /** A worker takes it. */
  take(): void;
  /** The worker is done with it, and would fire again at `next`. */
  giveBack(next: Date | null): void;
  /** The worker died. */
  abandon(): void;
  /** The queue is emptied. */
  lose(): void;
  setAway(away: boolean): void;
  isAway(): boolean;
  /** Hears of each moment to which it is to be set, whether it can be or not. */
  onSet(listen: (at: Date) => Promise<void>): void;
  reset(): void;
}

/** `askers`: the clock of the process that asks, which says only how long the timer is to wait. */
export function createTimerModel(clock: Clock, askers: Clock): TimerModel {
  let waiting: Date | null = null;
  let isRunning = false;
  let away = false;
  const fireAt = (at: Date) => new Date(clock.now().getTime() + at.getTime() - askers.now().getTime());
  let onDue = async (_at: Date): Promise<void> => {};

  return {
    async set(_order, at) {
      await onDue(at);
      if (away) return 'away';
      if (isRunning) return 'live';
      waiting = fireAt(at);
      return 'set';
    },
    async ensure() {
      if (away) return 'away';
      if (isRunning || (waiting !== null && waiting <= clock.now())) return 'live';
      waiting = clock.now();
      return 'set';
    },
    async clear() {
      if (!away && !isRunning) waiting = null;
    },
    at: () => waiting,
    isDue: () => !away && !isRunning && waiting !== null && waiting <= clock.now(),
    take() {
      waiting = null;
      isRunning = true;
    },
    giveBack(next) {
      if (!isRunning) return;
      isRunning = false;
      waiting = next === null ? null : fireAt(next);
    },
    abandon() {
      isRunning = false;
      waiting = new Date(clock.now().getTime() + STALLED_MS);
    },
    lose() {
      waiting = null;
      isRunning = false;
    },
    setAway(now) {
      away = now;
    },
    isAway: () => away,
    onSet(listen) {
      onDue = listen;
    },
    reset() {
      waiting = null;
      isRunning = false;
      away = false;
    },
  };
}
