import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The build of `setup/services.ts`. */
export const programFile = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/** A worker that is one process, so that killing it kills all of it. */
export const WORK = ['work', '--processes', '1'];

/** The program in a process that a test may kill. */
export interface Program {
  /** Resolves with the first log line with this message, including earlier lines. */
  logged(message: string): Promise<Record<string, unknown>>;
  /** Sends SIGKILL and waits for the end. */
  kill(): Promise<void>;
  /** Sends SIGTERM; returns the exit code. */
  terminate(): Promise<number | null>;
  /** The exit code of a process that exits on its own. */
  ended(): Promise<number | null>;
  stdout(): string;
  stderr(): string;
}

/** Killed after the test that started it. `stdin` is its whole standard input; `program` is another build. */
export function startProgram(
  args: string[],
  env: Record<string, string>,
  { stdin, program = programFile }: { stdin?: string; program?: string } = {},
): Program {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, ...env, LOG_LEVEL: 'info' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(stdin);
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const lines: string[] = [];
  let stderr = '';
  const waiting = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const gone = once(child, 'close').then(() => {
    for (const look of waiting) look();
    return child.exitCode;
  });

  return {
    logged: (message) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const line = lines.find((one) => one.includes(`"msg":${JSON.stringify(message)}`));
          if (line !== undefined) resolve(JSON.parse(line));
          else if (child.exitCode !== null || child.signalCode !== null) {
            reject(new Error(`ended without logging "${message}":\n${lines.join('\n')}\n${stderr}`));
          } else return;
          waiting.delete(look);
        };
        waiting.add(look);
        look();
      }),
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
    async terminate() {
      child.kill('SIGTERM');
      return gone;
    },
    ended: () => gone,
    stdout: () => lines.join('\n'),
    stderr: () => stderr,
  };
}
