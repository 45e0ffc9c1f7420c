/** ok: nothing to do; warn: it works, but somebody should know; fail: orders are or will be wrong or late. */
export type FindingState = 'ok' | 'warn' | 'fail';

/** The result of a check, and how to fix it. Never contains a secret: people paste these into tickets. */
export interface Finding {
  /** The subject, in a word or two. */
  check: string;
  state: FindingState;
  found: string;
  /** What to do; null if nothing. */
  fix: string | null;
}

export const ok = (check: string, found: string): Finding => ({ check, state: 'ok', found, fix: null });
export const warn = (check: string, found: string, fix: string): Finding => ({
  check,
  state: 'warn',
  found,
  fix,
});
export const fail = (check: string, found: string, fix: string): Finding => ({
  check,
  state: 'fail',
  found,
  fix,
});

/** One check; must finish within `LIMIT_MS` of `examine.ts`. An error that it throws becomes a finding. */
export interface Check {
  name: string;
  run(): Promise<Finding[]>;
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof AggregateError && error.errors.length > 0) return messageOf(error.errors[0]);
  return error.message || error.name;
}

/** The name of findings about invalid variables. */
export const CONFIGURATION = 'configuration';
