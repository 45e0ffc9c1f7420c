import type { Logger } from '../../../platform/log/logger.ts';
import { safeError } from '../../../platform/log/safe-error.ts';
import type { Audit, AuditEntry } from '../audit.ts';
import { Problem } from './signed-in.ts';

interface Deps {
  audit: Audit;
  log: Logger;
}

/** What came of it, for the record and for who asked. */
interface Done<Result> {
  result: Result;
  after: string | null;
  outcome: string;
}

/**
 * Does something between two records of it. Nothing is done that cannot be recorded: throws before, where it cannot be
 * noted that it begins. Once it is done that stands, and is answered: a second record that cannot be written is in the
 * log. Throws what `act` throws, with `failed()` on record.
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

/** Records what has been done already; where that fails, the log has it. Never throws. */
export async function recordOrLog({ audit, log }: Deps, entry: AuditEntry): Promise<void> {
  try {
    await audit(entry);
  } catch (error) {
    log.error({ entry, err: safeError(error) }, 'not in the audit trail: keep this line');
  }
}
