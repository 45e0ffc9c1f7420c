import type { Logger } from './log/logger.ts';
import { safeError } from './log/safe-error.ts';
import { answersWithin } from './timeout.ts';

/** `work` processes orders and requests; `connections` are what it depends on. */
type Kind = 'work' | 'connections';

/**
 * Collects what must be stopped at shutdown. All work stops in parallel and is awaited, within the limit; then the
 * connections close. A failed step does not prevent the others.
 */
export function createShutdown(log: Logger) {
  const steps: Record<Kind, (() => Promise<unknown>)[]> = { work: [], connections: [] };

  async function end(kind: Kind): Promise<void> {
    const results = await Promise.allSettled(steps[kind].splice(0).map((step) => step()));
    for (const result of results) {
      if (result.status === 'rejected')
        log.warn({ err: safeError(result.reason), kind }, 'shutdown step failed');
    }
  }

  return {
    add: (kind: Kind, step: () => Promise<unknown>): void => {
      steps[kind].push(step);
    },
    /** Runs all steps. Takes at most `limitMs` plus one second. Never throws. */
    async run(limitMs: number): Promise<void> {
      if (!(await answersWithin(limitMs, end('work')))) log.warn('shutdown timed out; jobs released');
      await answersWithin(1_000, end('connections'));
    },
  };
}
