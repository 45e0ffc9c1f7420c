import { defineConfig } from 'vitest/config';

/** What each project has of the settings. */
const common = {
  pool: 'forks',
  // Far above what any test needs: on a slow machine a test that works must not fail.
  testTimeout: 180_000,
  hookTimeout: 240_000,
} as const;

/** Many files that each need most of the program, and leave nothing behind in it: they share what they have imported. */
const together = ['channel', 'client', 'http', 'order', 'simulator', 'view'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
);

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    // One more than the cores of a small machine: many tests wait for events.
    maxWorkers: 3,
    retry: 0,
    projects: [
      { test: { ...common, name: 'together', include: together, isolate: false } },
      { test: { ...common, name: 'apart', include: ['test/**/*.test.ts'], exclude: together } },
    ],
  },
});
