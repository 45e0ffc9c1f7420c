import type { TestProject } from 'vitest/node';
import { provideServices } from '../../src/platform/services/services.ts';

declare module 'vitest' {
  interface ProvidedContext {
    databaseUrl: string;
    redisUrl: string;
  }
}

/** MySQL and Redis for the whole run; every test file makes a database and a key space of its own in them. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const say = (line: string) => process.stdout.write(`${line}\n`);
  const services = await provideServices({ env: process.env, say });
  for (const line of services.description) say(line);
  project.provide('databaseUrl', services.databaseUrl);
  project.provide('redisUrl', services.redisUrl);
  return () => services.stop();
}
