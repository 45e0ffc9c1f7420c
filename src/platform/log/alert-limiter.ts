import type { Ticks } from '../clock/clock.ts';

/** True: say it. False: it has been said within the last `everyMs`, in this process. */
export type ShouldAlert = (what: string) => boolean;

/** Keeps a thousand orders with one trouble from telling a person a thousand times. `what` is one of few words. */
export function createAlertLimiter(ticks: Ticks, everyMs: number): ShouldAlert {
  const toldAt = new Map<string, number>();
  return (what) => {
    const now = ticks();
    if (now - (toldAt.get(what) ?? Number.NEGATIVE_INFINITY) < everyMs) return false;
    toldAt.set(what, now);
    return true;
  };
}
