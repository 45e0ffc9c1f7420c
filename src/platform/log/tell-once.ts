import type { Ticks } from '../clock/clock.ts';

/** True: say it. False: it has been said within the last `everyMs`, in this process. */
export type TellOnce = (what: string) => boolean;

/** Keeps a thousand orders with one trouble from telling a person a thousand times. `what` is one of few words. */
export function createTellOnce(ticks: Ticks, everyMs: number): TellOnce {
  const toldAt = new Map<string, number>();
  return (what) => {
    const now = ticks();
    if (now - (toldAt.get(what) ?? Number.NEGATIVE_INFINITY) < everyMs) return false;
    toldAt.set(what, now);
    return true;
  };
}
