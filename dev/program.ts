import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { RESTART } from './environment.ts';

const root = join(import.meta.dirname, '..');
/** Longer than the program's shutdown takes. */
const END_WITHIN_MS = 15_000;

export interface Program {
  /** Resolves when it has ended; kills it if it does not end in time. */
  stop(): Promise<void>;
}

/**
 * Starts API and worker in one process that restarts whenever an imported file or the configuration changes. It logs to our
 * output. `env` takes precedence over the folder's `.env`.
 */
export function startProgram(folder: string, env: NodeJS.ProcessEnv, debuggerPort: number): Program {
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules/tsx/dist/cli.mjs'),
      'watch',
      '--clear-screen=false',
      `--include=${RESTART}`,
      `--inspect=127.0.0.1:${debuggerPort}`,
      join(root, 'src/main.ts'),
      'start',
    ],
    { cwd: folder, env, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  return { stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}
