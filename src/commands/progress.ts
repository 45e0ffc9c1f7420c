import cliProgress from 'cli-progress';
import { print } from './output.ts';

/** How far a long command has come. */
export interface Progress {
  /** One more is done. */
  step(): void;
  /** A line of the answer, above the bar. */
  print(line: string): void;
  stop(): void;
}

/** Clears what the bar has drawn in the terminal's line. */
const CLEAR_LINE = '\r\u001B[K';

/**
 * A bar on standard error for `total` things to do, where a person watches a terminal and there is more than one of
 * them; else, and with `json`, nothing but the answer's lines.
 */
export function startProgress(what: string, total: number, { json = false }: { json?: boolean }): Progress {
  if (json || total < 2 || !process.stderr.isTTY) return { step: () => {}, print, stop: () => {} };
  // The kind for several bars, with one: the kind for one returns at its end to the line it began on, over the answer. The
  // terminal is left as it is, so that whoever breaks off gets it back as it was.
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
