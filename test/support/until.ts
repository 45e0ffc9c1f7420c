import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 20;

/**
 * Waits for a condition and returns its value (anything but undefined, null and false). Fails, with `what` in the
 * message, only if it never becomes true: the limit is not part of any guarantee.
 */
export async function until<T>(
  what: string,
  condition: () => Promise<T | undefined | null | false> | T | undefined | null | false,
  limitMs = 90_000,
): Promise<T> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await condition();
    if (found !== undefined && found !== null && found !== false) return found;
    if (Date.now() > deadline) throw new Error(`never happened: ${what}`);
    await wait(POLL_MS);
  }
}
