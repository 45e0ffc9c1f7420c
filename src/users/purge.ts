import { every, type Repeated } from '../platform/every.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Admin } from './admin.ts';

const PURGE_EVERY_MS = 10 * 60_000;

/** Deletes ended sessions and expired attempts every 10 minutes, until stopped. Any number of processes may do it. */
export function startPurge(admin: Admin, log: Logger): Pick<Repeated, 'stop'> {
  return every(PURGE_EVERY_MS, () =>
    admin.purge().catch((error) => {
      log.warn({ err: error instanceof Error ? error.name : typeof error }, 'expired sessions not deleted');
    }),
  );
}
