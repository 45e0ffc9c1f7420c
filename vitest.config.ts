import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    pool: 'forks',
    // One more than the cores of a small machine: many tests wait for events.
    maxWorkers: 3,
    // Far above what any test needs: on a slow machine a test that works must not fail.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    retry: 0,
  },
});
