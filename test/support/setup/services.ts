import { execFile } from 'node:child_process';
import { existsSync, statfsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { type LocalServices, provideServices } from '../../../src/sandbox/services/services.ts';
import { readTemplate } from './template.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string;
    /** The template of a migrated database, see `template.ts`. */
    template: string[];
  }
}

const MEMORY = '/dev/shm';
/** Room for a hundred small databases, and some spare. */
const MEMORY_BYTES = 4 * 1024 ** 3;
/** Tests that kill a database start a durable one. */
const NOT_DURABLE = ['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=0'];

interface Started {
  services: LocalServices;
  template: string[];
}
/** Shared by all projects: each project loads this module again. */
const shared = globalThis as { autocloseTests?: { started: Promise<Started>; users: number } };

/**
 * MySQL and Redis for the whole run, in which every test file creates its own database and key prefix; and the program, built
 * as users run it.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  shared.autocloseTests ??= { started: start(), users: 0 };
  const one = shared.autocloseTests;
  one.users += 1;
  const { services, template } = await one.started;
  project.provide('databaseUrl', services.databaseUrl);
  project.provide('redisUrl', services.redisUrl);
  project.provide('template', template);
  return async () => {
    one.users -= 1;
    if (one.users === 0) await services.stop();
  };
}

async function start(): Promise<Started> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  await buildProgram();
  const services = await provideServices({ env: inMemory(process.env), say, databaseSettings: NOT_DURABLE });
  for (const line of services.description) say(line);
  return { services, template: await readTemplate(services.databaseUrl) };
}

/** The shared server's files are in memory if there is room; in a container there usually is not. */
function inMemory(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (!existsSync(MEMORY)) return env;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= MEMORY_BYTES ? { ...env, TMPDIR: MEMORY } : env;
}

/** Types are not checked: `npm run check` does that. */
async function buildProgram(): Promise<void> {
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  await promisify(execFile)('node_modules/.bin/tsc', ['-p', 'tsconfig.build.json', '--noCheck'], { cwd });
}
