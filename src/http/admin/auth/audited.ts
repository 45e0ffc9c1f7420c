import type { Logger } from '../../../platform/log/logger.ts';
import { safeError } from '../../../platform/log/safe-error.ts';
import type { Audit, AuditEntry } from '../audit.ts';
import { Problem } from './signed-in.ts';

interface Deps {
  audit: Audit;
  log: Logger;
}

/** The result, what changed, and the outcome for the audit trail. */
interface Done<Result> {
  result: Result;
  after: string | null;
  outcome: string;
}

/**
 * Runs `act` between two audit entries. Throws before `act` if the first entry cannot be written: nothing runs unaudited.
 * Once `act` is done, its result is returned even if the second entry cannot be written; the entry is then logged. Rethrows
 * errors of `act`, audited with the outcome `failed()`.
 */
export async function audited<Result>(
  deps: Deps,
  what: Omit<AuditEntry, 'after' | 'outcome'>,
  act: () => Promise<Done<Result>>,
  failed: () => string = () => 'failed',
): Promise<Result> {
  await deps.audit({ ...what, after: null, outcome: 'begun' });
  let done: Done<Result>;
  try {
    done = await act();
  } catch (error) {
    await recordOrLog(deps, {
      ...what,
      after: null,
      outcome: error instanceof Problem ? error.error : failed(),
    });
    throw error;
  }
  await recordOrLog(deps, { ...what, after: done.after, outcome: done.outcome });
  return done.result;
}

/** Audits something already done; logs the entry if that fails. Never throws. */
export async function recordOrLog({ audit, log }: Deps, entry: AuditEntry): Promise<void> {
  try {
    await audit(entry);
  } catch (error) {
    log.error({ entry, err: safeError(error) }, 'audit entry not stored; keep this line');
  }
}
