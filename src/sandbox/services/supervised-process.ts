import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import type { Identity } from './private-directory.ts';

/**
 * Processes that end with us, however we end.
 *
 * A shell, the watchdog, runs them one at a time and reads commands from a pipe whose other end only we hold. When we end,
 * even by SIGKILL, the pipe closes: the watchdog ends the process, removes its directory and exits. It has its own session,
 * so that Ctrl-C in a terminal reaches us first and the process only through us. The watchdog and its processes have the
 * same unprivileged identity, so the directory must be where that identity can remove it.
 */
export interface Supervisor {
  readonly directory: string;
  /** Runs a command. The previous one must have ended. */
  run(command: string[]): SupervisedProcess;
  /** Ends the running process and removes the directory. Resolves when both are done. */
  end(): Promise<void>;
}

export interface SupervisedProcess {
  pid(): number | null;
  hasEnded(): boolean;
  /** Resolves with the exit status; after a signal, 128 plus its number. */
  ended: Promise<number>;
  /** SIGTERM, then SIGKILL if it does not end in time. Resolves when it has ended. */
  terminate(): Promise<void>;
  /** SIGKILL. Resolves when it has ended. */
  kill(): Promise<void>;
}

/** Long enough for a database to flush its data. */
const TERMINATE_WITHIN_MS = 10_000;
/** After SIGKILL only the kernel can delay the end. */
const KILL_WITHIN_MS = 10_000;
const LOG_LINES_SHOWN = 15;
/** For the watchdog and the databases' installers, whatever our own PATH is. */
const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin';

// Each message is echoed by a subshell: if we are gone, SIGPIPE must not end the watchdog before its work is done.
// Removal is retried, because children of the process may outlive it for a moment and still write.
const WATCHDOG = `
directory=$1
exec 3<&0 </dev/null
while IFS= read -r line <&3; do
  case $line in "run "*) eval "set -- \${line#run }" ;; *) continue ;; esac
  "$@" >"$directory/log" 2>&1 3<&- &
  process=$!
  (
    while read -r order <&3; do
      case $order in
        terminate) kill -TERM $process ;;
        kill) kill -KILL $process ;;
      esac
    done
    kill -TERM $process
    turns=0
    while [ $turns -lt 50 ] && kill -0 $process; do sleep 0.1; turns=$((turns + 1)); done
    kill -KILL $process
  ) >/dev/null 2>&1 &
  listener=$!
  (echo "started $process")
  wait $process
  status=$?
  kill $listener
  wait $listener
  (echo "ended $status")
done
turns=0
while rm -rf "$directory"; [ -e "$directory" ] && [ $turns -lt 100 ]; do sleep 0.1; turns=$((turns + 1)); done
`;

/** Owns `directory`: removes it when the processes end. */
export function supervise(directory: string, identity: Identity, env: NodeJS.ProcessEnv): Supervisor {
  const watchdog = spawn('/bin/sh', ['-c', WATCHDOG, 'autoclose-watchdog', directory], {
    ...identity,
    cwd: '/',
    env: { ...env, PATH: `${env.PATH ?? ''}:${SYSTEM_PATH}`, HOME: directory, TMPDIR: directory },
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let current: RunningProcess | null = null;
  const gone = new Promise<void>((resolve) => {
    watchdog.once('error', () => resolve());
    watchdog.once('close', () => resolve());
  });
  gone.then(
    () => current?.setEnded(NO_STATUS),
    () => undefined,
  );
  // A command to a watchdog that has ended: `gone` handles that.
  watchdog.stdin.on('error', () => undefined);
  createInterface({ input: watchdog.stdout }).on('line', (line) => {
    const [event, value] = line.split(' ');
    if (event === 'started') current?.setPid(Number(value));
    if (event === 'ended') current?.setEnded(Number(value));
  });
  // None of this keeps our process running: when it exits, everything here ends.
  watchdog.unref();
  for (const stream of [watchdog.stdin, watchdog.stdout]) if (stream instanceof Socket) stream.unref();

  return {
    directory,
    run(command) {
      if (current !== null && !current.hasEnded()) throw new Error('a supervised process is still running');
      current = runningProcess((order) => watchdog.stdin.write(`${order}\n`));
      if (watchdog.exitCode !== null || watchdog.pid === undefined) current.setEnded(NO_STATUS);
      else watchdog.stdin.write(`run ${command.map(quoted).join(' ')}\n`);
      return current;
    },
    async end() {
      try {
        await current?.terminate();
      } finally {
        watchdog.stdin.end();
      }
      if (!(await within(TERMINATE_WITHIN_MS + KILL_WITHIN_MS, gone))) {
        throw new Error(`${directory} could not be removed`);
      }
    },
  };
}

/** The last lines that a supervised process wrote, to find out why it ended. */
export async function lastLogLines(directory: string): Promise<string> {
  const log = await readFile(join(directory, 'log'), 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-LOG_LINES_SHOWN).join('\n');
}

/** The status of a process whose watchdog ended without reporting one. */
const NO_STATUS = -1;

type RunningProcess = SupervisedProcess & { setPid(pid: number): void; setEnded(status: number): void };

function runningProcess(order: (word: 'terminate' | 'kill') => void): RunningProcess {
  let pid: number | null = null;
  let hasEnded = false;
  let settle: (status: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    settle = resolve;
  });
  async function kill() {
    if (hasEnded) return;
    order('kill');
    if (!(await within(KILL_WITHIN_MS, ended))) throw new Error(`process ${pid} does not end`);
  }
  return {
    pid: () => pid,
    hasEnded: () => hasEnded,
    ended,
    kill,
    async terminate() {
      if (hasEnded) return;
      order('terminate');
      if (!(await within(TERMINATE_WITHIN_MS, ended))) await kill();
    },
    setPid(value) {
      pid = value;
    },
    setEnded(status) {
      hasEnded = true;
      settle(status);
    },
  };
}

function quoted(word: string): string {
  if (word.includes('\n')) throw new Error('a command to the watchdog must be one line');
  return `'${word.replaceAll("'", "'\\''")}'`;
}

async function within(limitMs: number, event: Promise<unknown>): Promise<boolean> {
  const timeout = new AbortController();
  try {
    return await Promise.race([
      event.then(() => true),
      wait(limitMs, false, { signal: timeout.signal }).catch(() => false),
    ]);
  } finally {
    timeout.abort();
  }
}
