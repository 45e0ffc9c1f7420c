import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from './log/logger.ts';
import { safeError } from './log/safe-error.ts';

/** `work` takes orders and works on them; `connections` is what that work stands on. */
type Kind = 'work' | 'connections';

/**
 * What has to be ended, noted where it was opened. All work ends at once and is waited for, within the limit; then
 * the connections close. One that fails to end keeps none of the others from it.
 */
export function createShutdown(log: Logger) {
  const noted: Record<Kind, (() => Promise<unknown>)[]> = { work: [], connections: [] };

  async function end(kind: Kind): Promise<void> {
    const results = await Promise.allSettled(noted[kind].splice(0).map((release) => release()));
    for (const result of results) {
      if (result.status === 'rejected')
        log.warn({ err: safeError(result.reason), kind }, 'shutdown step failed');
    }
  }
  const within = async (limitMs: number, ending: Promise<void>): Promise<boolean> => {
    const over = new AbortController();
    const late = wait(limitMs, false, { signal: over.signal }).catch(() => false);
    const inTime = await Promise.race([ending.then(() => true), late]);
    over.abort();
    return inTime;
  };

  return {
    add: (kind: Kind, release: () => Promise<unknown>): void => {
      noted[kind].push(release);
    },
    /** Takes at most `limitMs` and a second. Never throws. */
    async run(limitMs: number): Promise<void> {
      if (!(await within(limitMs, end('work')))) log.warn('shutdown timed out; jobs released');
      await within(1_000, end('connections'));
    },
  };
}
