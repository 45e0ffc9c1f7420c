import { ticks } from '../clock/clock.ts';
import { isDatabaseUnavailable } from '../mysql/permanent-error.ts';
import type { Logger } from './logger.ts';
import { safeError } from './safe-error.ts';

/** The database's outages, as this process meets them: one ERROR when it begins, one line when it is over. */
export interface Outage {
  /** True where the error says that the database is away or takes nothing: then it is reported, and needs no line more. */
  noticed(error: unknown): boolean;
  /** The database has done what it was asked for. */
  over(): void;
}

/** `isRefused`: the database refuses writes. Then an answer to a question does not end the outage. */
export function createOutage(log: Logger, isRefused: () => boolean): Outage {
  let since: number | null = null;
  return {
    noticed(error) {
      if (!isDatabaseUnavailable(error)) return false;
      if (since === null) {
        since = ticks();
        log.error({ err: safeError(error) }, 'database unavailable; due work waits');
      }
      return true;
    },
    over() {
      if (since === null || isRefused()) return;
      log.info({ afterMs: Math.round(ticks() - since) }, 'database available again');
      since = null;
    },
  };
}
