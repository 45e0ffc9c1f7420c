import type { Logger } from '../../src/platform/log/logger.ts';
import { until } from './until.ts';

export type LogLine = Record<string, unknown> & { level: string; msg: string };

/** A log that is kept, of a program in this process. */
export interface LogMemory {
  log: Logger;
  lines: LogLine[];
  /** The first line with this message; lines that have passed count. */
  logged(message: string): Promise<LogLine>;
}

export function createLogMemory(): LogMemory {
  const lines: LogLine[] = [];

  function under(parent: Record<string, unknown>): Logger {
    const write =
      (level: string) =>
      (...[first, second]: unknown[]) => {
        const [fields, msg] = typeof first === 'string' ? [{}, first] : [first as object, String(second)];
        lines.push({ ...parent, ...fields, level, msg });
      };
    return {
      ...{ debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
      child: (fields) => under({ ...parent, ...fields }),
    } as Logger;
  }

  return {
    log: under({}),
    lines,
    logged: (message) => until(`"${message}" is logged`, () => lines.find(({ msg }) => msg === message)),
  };
}
