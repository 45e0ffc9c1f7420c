import { pino } from 'pino';

export type Logger = Pick<pino.Logger, 'debug' | 'info' | 'warn' | 'error'> & {
  child(fields: Record<string, unknown>): Logger;
};

/**
 * Levels mean something: ERROR a person must act, WARN it healed itself, INFO one line for each change of
 * state, DEBUG the rest. Messages are constant, data goes into fields. Keys, signatures and who paid are
 * never logged. Writes to `file`, or else to standard output.
 */
export function createLogger(level: string, file?: string): Logger {
  const options = {
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return file === undefined ? pino(options) : pino(options, pino.destination({ dest: file, sync: true }));
}
