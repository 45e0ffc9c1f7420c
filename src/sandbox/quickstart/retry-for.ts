import { setTimeout as wait } from 'node:timers/promises';

const PAUSE_MS = 500;

/** Retries `work` while it fails, for `withinMs`: a database or an API may be away for a moment. */
export async function retryFor<T>(work: () => Promise<T>, withinMs: number): Promise<T> {
  const endsAt = performance.now() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() >= endsAt) throw error;
    }
    await wait(PAUSE_MS);
  }
}
