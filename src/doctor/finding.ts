/** ok: as it should be; warn: it works, but somebody should know; fail: orders are or will be wrong or late. */
export type FindingState = 'ok' | 'warn' | 'fail';

/** What a check found, and how to mend it. Never holds a secret: people paste these into tickets. */
export interface Finding {
  /** What was looked at, in a word or two. */
  check: string;
  state: FindingState;
  found: string;
  /** What to do; null where nothing needs doing. */
  mend: string | null;
}

export const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found, mend: null });
export const warn = (check: string, found: string, mend: string): Finding => ({
  check,
  state: 'warn',
  found,
  mend,
});
export const fail = (check: string, found: string, mend: string): Finding => ({
  check,
  state: 'fail',
  found,
  mend,
});

/** Looks at one thing; may take as long as `LIMIT_MS` in `examine.ts`. What it throws becomes a finding. */
export interface Check {
  name: string;
  run(): Promise<Finding[]>;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error.message || error.name;
}

/** What is wrong with the variables fails under this name, and nothing else does. */
export const CONFIGURATION = 'configuration';
