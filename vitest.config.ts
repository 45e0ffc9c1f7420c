import { defineConfig } from 'vitest/config';
import { SlowestFirst } from './test/support/setup/sequencer.ts';

/** What each project has of the settings. */
const common = {
  pool: 'forks',
  // A worker's files share what they have imported, and leave nothing behind in it.
  isolate: false,
  // Far above what any test needs: on a slow machine a test that works must not fail.
  testTimeout: 180_000,
  hookTimeout: 240_000,
  globalSetup: ['test/support/setup/key-pairs.ts'] as string[],
} as const;

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
    // More than the cores of a small machine: many tests wait for events.
    maxWorkers: 6,
    sequence: { sequencer: SlowestFirst },
    // Of tests that only wait for a program.
    maxConcurrency: 2,
    retry: 0,
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [`**/${DATABASE}`, `**/${SYSTEM}`],
        },
      },
      {
        test: { ...common, ...services, name: 'db', include: [`test/**/${DATABASE}`, `test/**/${SYSTEM}`] },
      },
    ],
  },
});
