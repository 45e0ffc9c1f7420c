import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { provideServices } from '../../src/platform/services/services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string;
  }
}

/**
 * MySQL and Redis for the whole run; every test file makes a database and a key space of its own in them. And the program,
 * built as users run it: the tests start it by the dozen.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  await buildProgram();
  const services = await provideServices({ env: process.env, say });
  for (const line of services.description) say(line);
  project.provide('databaseUrl', services.databaseUrl);
  project.provide('redisUrl', services.redisUrl);
  return () => services.stop();
}

async function buildProgram(): Promise<void> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  await promisify(execFile)('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json'], { cwd });
}
