import type { SimulatorClock } from '../../../../src/sandbox/simulator/clock.ts';

/**
 * One clock for the product and the gateways that moves only on request. Whatever the gateways do by time
 * is an alarm on it; in the simulation these are the repetitions of notifications, and nothing else.
 */
export interface VirtualClock extends SimulatorClock {
  /** Begins a new life at `at`: alarms of the last one are forgotten. */
  restart(at: Date): void;
  /** Moves forward to `at`, or nowhere if that has passed. Returns how many alarms rang; they may still be at it. */
  advanceTo(at: Date): number;
  nextAlarm(): Date | null;
}

interface Alarm {
  dueMs: number;
  task: () => Promise<void> | void;
}

export function createVirtualClock(): VirtualClock {
  const alarms = new Set<Alarm>();
  let nowMs = 0;

  function advanceTo(at: Date): number {
    nowMs = Math.max(nowMs, at.getTime());
    const due = [...alarms].filter(({ dueMs }) => dueMs <= nowMs).sort((a, b) => a.dueMs - b.dueMs);
    for (const alarm of due) {
      alarms.delete(alarm);
      void alarm.task();
    }
    return due.length;
  }

  return {
    now: () => new Date(nowMs),
    restart(at) {
      alarms.clear();
      nowMs = at.getTime();
    },
    advanceTo,
    async advance(ms) {
      advanceTo(new Date(nowMs + ms));
    },
    nextAlarm: () =>
      alarms.size === 0 ? null : new Date(Math.min(...[...alarms].map(({ dueMs }) => dueMs))),
    after(delayMs, task) {
      const alarm = { dueMs: nowMs + delayMs, task };
      alarms.add(alarm);
      return () => alarms.delete(alarm);
    },
  };
}
