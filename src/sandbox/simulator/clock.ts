import assert from 'node:assert/strict';
import type { Clock } from '../../platform/clock/clock.ts';

/** Longest delay that `setTimeout` accepts; longer waits are repeated. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * The gateways' clock: real time plus an offset that only grows. Everything timed at the gateways (expiry,
 * notification retries, refunds that settle) uses this clock. Signature timestamps do not: the SDKs
 * compare them with the machine's time.
 */
export interface SimulatorClock extends Clock {
  /**
   * Moves the clock forward. Starts tasks as they become due, earliest first; resolves when all have ended.
   */
  advance(ms: number): Promise<void>;
  /** Runs `task` after `delayMs` on this clock; the returned function cancels it. */
  after(delayMs: number, task: () => Promise<void> | void): () => void;
}

interface Alarm {
  dueMs: number;
  task: () => Promise<void> | void;
  timer: NodeJS.Timeout | undefined;
}

/** A clock that starts at the machine's time. */
export function createSimulatorClock(): SimulatorClock {
  const alarms = new Set<Alarm>();
  let offsetMs = 0;
  const nowMs = () => Date.now() + offsetMs;

  async function ring(alarm: Alarm): Promise<void> {
    clearTimeout(alarm.timer);
    if (alarms.delete(alarm)) await alarm.task();
  }

  function arm(alarm: Alarm): void {
    clearTimeout(alarm.timer);
    const waitMs = Math.min(Math.max(alarm.dueMs - nowMs(), 0), MAX_TIMER_MS);
    alarm.timer = setTimeout(() => {
      if (nowMs() < alarm.dueMs) arm(alarm);
      else void ring(alarm);
    }, waitMs);
    // A retry due in six hours must not keep the process alive.
    alarm.timer.unref();
  }

  return {
    now: () => new Date(nowMs()),
    async advance(ms) {
      assert(Number.isFinite(ms) && ms >= 0, `the clock only moves forward, not by ${ms} ms`);
      offsetMs += ms;
      const pending = [...alarms].sort((a, b) => a.dueMs - b.dueMs);
      const due = pending.filter((alarm) => alarm.dueMs <= nowMs());
      for (const alarm of pending) if (alarm.dueMs > nowMs()) arm(alarm);
      await Promise.all(due.map(ring));
    },
    after(delayMs, task) {
      const alarm: Alarm = { dueMs: nowMs() + delayMs, task, timer: undefined };
      alarms.add(alarm);
      arm(alarm);
      return () => {
        clearTimeout(alarm.timer);
        alarms.delete(alarm);
      };
    },
  };
}
