import { ticks } from '../clock/clock.ts';
import { isDatabaseUnavailable } from '../mysql/permanent-error.ts';
import type { Logger } from './logger.ts';
import { safeError } from './safe-error.ts';

/** Logs the database's outages as this process sees them: one ERROR at the start, one INFO at the end. */
export interface Outage {
  /** True if the error means that the database is unavailable or refuses writes: it is logged, and the caller need not. */
  reports(error: unknown): boolean;
  /** Call after a successful operation on the database. */
  recovered(): void;
}

/** `isRefused`: whether the database refuses writes; while it does, a successful read does not end the outage. */
export function createOutage(log: Logger, isRefused: () => boolean): Outage {
  let since: number | null = null;
  return {
    reports(error) {
      if (!isDatabaseUnavailable(error)) return false;
      if (since === null) {
        since = ticks();
        log.error({ err: safeError(error) }, 'database unavailable; due work waits');
      }
      return true;
    },
    recovered() {
      if (since === null || isRefused()) return;
      log.info({ afterMs: Math.round(ticks() - since) }, 'database available again');
      since = null;
    },
  };
}
