import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A clock tick of `/proc/PID/stat`, ms: 100 per second on every Linux that Node runs on. */
const TICK_MS = 10;
const LOOK_MS = 50;

export interface MeasuredProcess {
  /** The line that said it is ready. */
  ready: string;
  /** CPU so far, ms: user and system, all threads. */
  cpuMs(): number;
  /** SIGTERM, then waits for the end. */
  stop(): Promise<void>;
}

/**
 * Starts one of our scripts and waits for a line that contains `readyWith`. It writes to a file, which costs nobody anything
 * during the run. Throws if it ends before it is ready.
 */
export async function startProcess(
  script: string,
  args: string[],
  env: Record<string, string>,
  readyWith: string,
): Promise<MeasuredProcess> {
  const directory = await mkdtemp(join(tmpdir(), 'speed-'));
  const file = join(directory, 'output');
  const output = await open(file, 'w');
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', output.fd, 'inherit'],
  });
  await output.close();
  return {
    ready: await lineWith(child, file, readyWith),
    cpuMs: () => cpuMsOf(child.pid ?? 0),
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM');
        await once(child, 'close');
      }
      await rm(directory, { recursive: true });
    },
  };
}

async function lineWith(child: ChildProcess, file: string, text: string): Promise<string> {
  for (;;) {
    const written = await readFile(file, 'utf8');
    const line = written.split('\n').find((each) => each.includes(text));
    if (line !== undefined) return line;
    if (child.exitCode !== null)
      throw new Error(`ended with ${child.exitCode} before it was ready: ${written}`);
    await wait(LOOK_MS);
  }
}

/** CPU of a process so far, ms. 0: it is not on this machine, or has ended. */
export function cpuMsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return 0;
  }
}
