import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const LINES_KEPT = 20;
const READY_WITHIN_MS = 90_000;
const LOOK_EVERY_MS = 20;
const STANDS_BY = 'standing by';

/** The program as plain JavaScript: processes that are killed every second have to start fast. */
export interface Compiled {
  directory: string;
  main: string;
  /** To be imported before it, see `keepProcess`. */
  standBy: string;
  remove(): Promise<void>;
}

/** Loads what takes long to load, then waits for the start message. */
export const standByScript = `import { once } from 'node:events';
await import('./src/app.js');
process.stdout.write('${STANDS_BY}\\n');
await once(process.stdin, 'data');
process.stdin.destroy();
`;

/**
 * One of our processes, with a successor that takes its place at once whenever it ends. The successor is a process of
 * its own that has loaded the program and done nothing yet: so the machine's slowness in starting processes does not
 * become an outage that hides everything else.
 */
export interface KeptProcess {
  name: string;
  /** It works, and has a successor: it may be killed. */
  isExpendable(): boolean;
  /** Resolves when it works. Throws if it never does. */
  working(): Promise<void>;
  /** The same, and it has a successor. */
  ready(): Promise<void>;
  /** SIGSTOP, and SIGCONT after so many ms, if it is still there: it knows of nothing that happened meanwhile. */
  pause(forMs: number): Promise<void>;
  /** SIGKILL; resolves when it is gone. Its successor begins at once. */
  kill(): Promise<void>;
  /** SIGKILL, for good. */
  end(): Promise<void>;
  /** Each time that it ended by itself although it had worked. */
  deaths: string[];
}

interface Running {
  child: ChildProcess;
  gone: Promise<unknown>;
  standsBy: boolean;
  works: boolean;
  lastLines: string[];
}

/** `readyWith`: the message that it logs when it works. */
export function keepProcess(
  { name, command, readyWith }: { name: string; command: string; readyWith: string },
  { directory, main, standBy }: Compiled,
  env: Record<string, string>,
  note: (what: string) => void,
): KeptProcess {
  const deaths: string[] = [];
  let isEnding = false;
  let current = launch();
  let successor: Running | null = current;
  void succeed();

  function launch(): Running {
    // In a directory without an .env file.
    const child = spawn(process.execPath, ['--import', standBy, main, ...command.split(' ')], {
      cwd: directory,
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const gone = once(child, 'close');
    const running: Running = { child, gone, standsBy: false, works: false, lastLines: [] };
    child.stdin.on('error', () => {});
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        if (line === STANDS_BY) running.standsBy = true;
        if (line.includes(`"msg":${JSON.stringify(readyWith)}`)) {
          running.works = true;
          note(`${name} works`);
        }
        running.lastLines = [...running.lastLines.slice(1 - LINES_KEPT), line];
      });
    }
    return running;
  }

  /** The successor begins, and gets a successor. This follows the end of a process, however it ends. */
  async function succeed(): Promise<void> {
    const next = successor ?? launch();
    successor = null;
    current = next;
    next.child.stdin?.write('begin\n');
    void next.gone.then(() => {
      if (next.works && next.child.signalCode !== 'SIGKILL') {
        deaths.push(`${name} ended by itself, with ${next.child.exitCode}:\n${next.lastLines.join('\n')}`);
      }
      return isEnding ? undefined : succeed();
    });
    // Not before: it would take the time that this one needs to begin.
    await until(() => next.works || isOver(next));
    if (!next.works) note(`${name} did not begin: ${next.lastLines.at(-1)}`);
    if (!isEnding && !isOver(next)) successor = launch();
  }

  async function until(condition: () => boolean): Promise<void> {
    for (let waited = 0; !condition(); waited += LOOK_EVERY_MS) {
      if (waited > READY_WITHIN_MS)
        throw new Error(`${name} does not start:\n${current.lastLines.join('\n')}`);
      await wait(LOOK_EVERY_MS);
    }
  }

  const isExpendable = () => current.works && !isOver(current) && successor?.standsBy === true;

  async function stop({ child, gone }: Running): Promise<void> {
    child.kill('SIGKILL');
    await gone;
  }

  const killWithUs = () => {
    for (const running of [current, successor]) running?.child.kill('SIGKILL');
  };
  process.on('exit', killWithUs);
  return {
    name,
    deaths,
    isExpendable,
    working: () => until(() => current.works && !isOver(current)),
    ready: () => until(isExpendable),
    async pause(forMs) {
      const { child } = current;
      child.kill('SIGSTOP');
      await wait(forMs);
      child.kill('SIGCONT');
    },
    kill: () => stop(current),
    async end() {
      isEnding = true;
      await Promise.all([stop(current), ...(successor === null ? [] : [stop(successor)])]);
      process.off('exit', killWithUs);
    },
  };
}

function isOver({ child }: Running): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
