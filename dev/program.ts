import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { RESTART } from './environment.ts';

const root = join(import.meta.dirname, '..');
/** Longer than the program takes to give back its work. */
const END_WITHIN_MS = 15_000;

export interface Program {
  /** Resolves when it has ended; kills it if it does not end by itself. */
  stop(): Promise<void>;
}

/**
 * Starts API and worker in one process, which ends and starts again whenever a file changes that it has imported, or its
 * configuration is written anew. Its log goes where ours goes. `env` wins over the folder's `.env`.
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
