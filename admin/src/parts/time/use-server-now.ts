import { useSyncExternalStore } from 'react';
import { serverNowMs } from '../../api/clock.ts';

/** One timer for all countdowns on the page. */
const watchers = new Set<() => void>();
let nowMs = serverNowMs();
let ticker: ReturnType<typeof setInterval> | undefined;

function watch(onTick: () => void): () => void {
  watchers.add(onTick);
  ticker ??= setInterval(() => {
    nowMs = serverNowMs();
    for (const tick of watchers) tick();
  }, 1_000);
  return () => {
    watchers.delete(onTick);
    if (watchers.size > 0) return;
    clearInterval(ticker);
    ticker = undefined;
  };
}

/** The server's time, ms, updated every second. */
export function useServerNow(): number {
  return useSyncExternalStore(watch, () => nowMs);
}
