import { pino } from 'pino';
import { traceFields } from './trace.ts';

export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'> & {
  child(fields: Record<string, unknown>): Logger;
};

/**
 * Creates the logger. Levels: ERROR a person must act, WARN handled automatically, INFO one line per change of state,
 * DEBUG the rest. Messages are constant, data goes into fields. Never logs keys, signatures or customer data. Every line
 * carries its trace. Writes to standard output, to a file, or to standard error if standard output is the command's result.
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
