import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Logger } from '../../platform/log/logger.ts';
import { nextSignal } from '../../platform/next-signal.ts';
import { answersWithin } from '../../platform/timeout.ts';

/** How soon a process that has ended is started again, ms; doubled each time it ends within `STEADY_MS`. */
const RESTART_MS = 1_000;
const MAX_RESTART_MS = 30_000;
const STEADY_MS = 60_000;
/** How long the processes have to stop cleanly, ms: longer than a process takes for its own shutdown. */
const STOP_LIMIT_MS = 20_000;

/** What a process tells the one that started it. */
const READY = 'ready';

/** Tells the parent, if there is one, that this process works; from then on it is started again if it dies. */
export function reportReady(): void {
  process.send?.(READY);
}

/** Resolves when the parent is gone, however it ended. Never, if this process has none. */
export function parentGone(): Promise<void> {
  return process.channel == null ? new Promise(() => {}) : once(process, 'disconnect').then(() => {});
}

export interface ProcessesOptions {
  count: number;
  /** The variables of each process, by its index. */
  envOf(index: number): NodeJS.ProcessEnv;
  log: Logger;
}

/**
 * Runs this program's `work` in `count` processes until a signal stops it. A process that dies is started again, after a
 * pause that grows while it keeps dying; its jobs and leases are taken over meanwhile as after any crash. Stops all of them
 * on SIGTERM or SIGINT and waits until they have ended. If this process dies itself, they stop cleanly.
 *
 * Returns the exit code: 0, or that of the first process that ended before it was ever ready, because then the reason
 * (configuration, database) concerns them all.
 */
export async function runProcesses({ count, envOf, log }: ProcessesOptions): Promise<number> {
  const stopped = nextSignal();
  const children = new Map<number, ChildProcess>();
  let isStopping = false;

  /** Runs one process, again and again; resolves with an exit code when it must not be started again. */
  async function keep(index: number): Promise<number> {
    let restartMs = RESTART_MS;
    for (;;) {
      const startedAt = performance.now();
      const child = fork(process.argv[1] ?? '', ['work', '--processes', '1'], {
        env: envOf(index),
        execArgv: process.execArgv,
      });
      children.set(index, child);
      log.info({ process: index, pid: child.pid }, 'worker process started');
      let isReady = false;
      child.once('message', () => {
        isReady = true;
      });
      const [code, signal] = await once(child, 'exit');
      children.delete(index);
      if (isStopping) return 0;
      if (!isReady) return code ?? 1;
      restartMs =
        performance.now() - startedAt > STEADY_MS ? RESTART_MS : Math.min(restartMs * 2, MAX_RESTART_MS);
      log.error({ process: index, code, signal, restartMs }, 'worker process ended; starting it again');
      if (await answersWithin(restartMs, stopped)) return 0;
    }
  }

  const kept = Array.from({ length: count }, (_, index) => keep(index));
  const first = await Promise.race([stopped, ...kept]);
  isStopping = true;
  if (typeof first === 'string') log.info({ signal: first }, 'stopping');
  void nextSignal().then(() => process.exit(1));
  for (const child of children.values()) child.kill('SIGTERM');
  if (!(await answersWithin(STOP_LIMIT_MS, Promise.all(kept))))
    for (const child of children.values()) child.kill('SIGKILL');
  return typeof first === 'number' ? first : 0;
}
