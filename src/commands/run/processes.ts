import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from '../../platform/log/logger.ts';
import { nextSignal } from '../../platform/next-signal.ts';
import { answersWithin } from '../../platform/timeout.ts';

/** How soon a process that has ended is started again, ms; doubled each time it ends within `STEADY_MS`. */
const RESTART_MS = 1_000;
const MAX_RESTART_MS = 30_000;
const STEADY_MS = 60_000;
/** How long the processes have to stop cleanly, ms: longer than the shutdown of one process takes. */
const STOP_LIMIT_MS = 20_000;

/** Marks a process that another one has started and stops. */
export const SUPERVISED = '--supervised';

/** Tells the parent that this process works: from then on it is started again whenever it dies. */
export function reportReady(): void {
  process.send?.('ready');
}

/**
 * Resolves with the signal that stops a supervised process: its parent's, one that a terminal or a service manager sends to
 * all processes at once, or the end of the parent, however it ended. Further signals are ignored from then on, so that the
 * second of them does not cut the clean end short; the parent kills a process that takes too long.
 */
export async function supervisedStop(): Promise<NodeJS.Signals> {
  const parentGone = once(process, 'disconnect').then(() => 'SIGTERM' as const);
  const signal = await Promise.race([nextSignal(), parentGone]);
  const ignoreNext = (): void => void nextSignal().then(ignoreNext);
  ignoreNext();
  return signal;
}

export interface ProcessesOptions {
  count: number;
  /** The variables of each process, by its index. */
  envOf(index: number): NodeJS.ProcessEnv;
  log: Logger;
}

/**
 * Runs this program's `work` in `count` processes until a signal stops it. A process that dies is started again, after a
 * pause that grows while it keeps dying, for as long as it takes: the database may be away. Its jobs and leases are taken
 * over meanwhile, as after any crash. Stops all of them on SIGTERM or SIGINT and waits until they have ended; a second
 * signal kills them. If this process dies, they stop cleanly.
 *
 * Returns the exit code: 0, or that of the first process that ended without ever having worked, because then the reason
 * (configuration, database) concerns them all.
 */
export async function runProcesses({ count, envOf, log }: ProcessesOptions): Promise<number> {
  const stopped = nextSignal();
  const children = new Map<number, ChildProcess>();
  let isStopping = false;
  const signalAll = (signal: NodeJS.Signals) => {
    for (const child of children.values()) child.kill(signal);
  };

  /** Runs one process, again and again; resolves with an exit code when it must not be started again. */
  async function keep(index: number): Promise<number> {
    let hasWorked = false;
    let restartMs = RESTART_MS;
    while (!isStopping) {
      const startedAt = performance.now();
      const child = fork(process.argv[1] ?? '', ['work', '--processes', '1', SUPERVISED], {
        env: envOf(index),
        execArgv: process.execArgv,
      });
      children.set(index, child);
      log.info({ process: index, pid: child.pid }, 'worker process started');
      child.once('message', () => {
        hasWorked = true;
      });
      // It may not start at all, for want of memory.
      const [code, signal] = await once(child, 'exit').catch(() => [null, null]);
      children.delete(index);
      if (isStopping) break;
      if (!hasWorked) return code ?? 1;
      const wasSteady = performance.now() - startedAt > STEADY_MS;
      restartMs = wasSteady ? RESTART_MS : Math.min(restartMs * 2, MAX_RESTART_MS);
      log.error({ process: index, code, signal, restartMs }, 'worker process ended; starting it again');
      if (await answersWithin(restartMs, stopped)) break;
    }
    return 0;
  }

  const kept = Array.from({ length: count }, (_, index) => keep(index));
  const first = await Promise.race([stopped, ...kept]);
  isStopping = true;
  if (typeof first === 'string') log.info({ signal: first }, 'stopping');
  void nextSignal().then(() => {
    signalAll('SIGKILL');
    process.exit(1);
  });
  signalAll('SIGTERM');
  if (!(await answersWithin(STOP_LIMIT_MS, Promise.all(kept)))) signalAll('SIGKILL');
  return typeof first === 'number' ? first : 0;
}
