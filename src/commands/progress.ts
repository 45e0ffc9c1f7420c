import cliProgress from 'cli-progress';
import { print } from './output.ts';

/** The progress of a long command. */
export interface Progress {
  /** One more item is done. */
  step(): void;
  /** Prints a line of the result above the bar. */
  print(line: string): void;
  stop(): void;
}

/** Clears the terminal's line, which has the bar. */
const CLEAR_LINE = '\r\u001B[K';

/**
 * A progress bar for `total` items on standard error, if that is a terminal and there is more than one item. Otherwise, and
 * with `json`, prints only the result's lines.
 */
export function startProgress(what: string, total: number, { json = false }: { json?: boolean }): Progress {
  if (json || total < 2 || !process.stderr.isTTY) return { step: () => {}, print, stop: () => {} };
  // A MultiBar with one bar: SingleBar returns to its first line when it stops, over the result. The terminal's settings are
  // not changed, so that an interrupted command leaves it as it was.
  const bars = new cliProgress.MultiBar({
    format: `${what} {bar} {value}/{total}, {eta_formatted} left`,
    stream: process.stderr,
    barsize: 30,
    linewrap: true,
    gracefulExit: false,
    clearOnComplete: true,
  });
  const bar = bars.create(total, 0);
  return {
    step: () => bar.increment(),
    print(line) {
      process.stderr.write(CLEAR_LINE);
      print(line);
    },
    stop: () => bars.stop(),
  };
}
