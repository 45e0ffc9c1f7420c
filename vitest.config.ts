import { defineConfig } from 'vitest/config';

/** What each project has of the settings. */
const common = {
  pool: 'forks',
  // Far above what any test needs: on a slow machine a test that works must not fail.
  testTimeout: 180_000,
  hookTimeout: 240_000,
  globalSetup: ['test/support/setup/key-pairs.ts'] as string[],
} as const;

/** Many files that each need most of the program, and leave nothing behind in it: they share what they have imported. */
const SHARED = 'test/{channel,client,http,order,simulator,view}/**';
/** The same of those with servers, which load all of it. */
const SHARED_SERVERS =
  'test/{admin,channel,client,commands,crash,doctor,http,library,notice,order,timer,view}/**';
const DATABASE = '*.db.test.ts';
const SYSTEM = '*.system.test.ts';

/** MySQL and Redis, for those that need them. */
const services = { globalSetup: [...common.globalSetup, 'test/support/setup/services.ts'] };

/**
 * Three tiers, by a file's name: `x.test.ts` needs neither MySQL nor Redis, `x.db.test.ts` needs both, and `x.system.test.ts`
 * starts programs, browsers or servers as well.
 */
export default defineConfig({
  test: {
    // Two more than the cores of a small machine: many tests wait for events.
    maxWorkers: 4,
    // Of tests that only wait for a program.
    maxConcurrency: 2,
    retry: 0,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: [`${SHARED}/*.test.ts`],
          exclude: [`**/${DATABASE}`, `**/${SYSTEM}`],
          isolate: false,
        },
      },
      {
        test: {
          ...common,
          name: 'unit-apart',
          include: ['test/**/*.test.ts'],
          exclude: [`${SHARED}/*`, `**/${DATABASE}`, `**/${SYSTEM}`],
        },
      },
      {
        test: {
          ...common,
          ...services,
          name: 'db',
          include: [`${SHARED_SERVERS}/${DATABASE}`, `${SHARED_SERVERS}/${SYSTEM}`],
          isolate: false,
        },
      },
      {
        test: {
          ...common,
          ...services,
          name: 'db-apart',
          include: [`test/**/${DATABASE}`, `test/**/${SYSTEM}`],
          exclude: [`${SHARED_SERVERS}/${DATABASE}`, `${SHARED_SERVERS}/${SYSTEM}`],
        },
      },
    ],
  },
});
