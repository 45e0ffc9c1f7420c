import type { Logger } from '../platform/log/logger.ts';
import type { Admin } from './admin.ts';

const PURGE_EVERY_MS = 10 * 60_000;

/** Deletes ended sessions and expired attempts every 10 minutes, until stopped. Any number of processes may do it. */
export function startPurge(admin: Admin, log: Logger): { stop(): void } {
  const timer = setInterval(() => {
    admin.purge().catch((error) => {
      log.warn({ err: error instanceof Error ? error.name : typeof error }, 'expired sessions not deleted');
    });
  }, PURGE_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
