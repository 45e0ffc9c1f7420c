import { pino } from 'pino';
import { traceFields } from './trace.ts';

export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'> & {
  child(fields: Record<string, unknown>): Logger;
};

/**
 * Levels mean something: ERROR a person must act, WARN it healed itself, INFO one line for each change of
 * state, DEBUG the rest. Messages are constant, data goes into fields. Keys, signatures and who paid are
 * never logged. Every line carries the trace that it was written in. Writes to standard output, or to a file, or to standard error where standard output is an answer.
 */
export function createLogger(level: string, to: { file?: string; stderr?: boolean } = {}): Logger {
  const options = {
    level,
    base: undefined,
    mixin: traceFields,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  const dest = to.file ?? (to.stderr === true ? process.stderr.fd : null);
  return dest === null ? pino(options) : pino(options, pino.destination({ dest, sync: true }));
}
