import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    maxWorkers: 2,
    // Whole runs start servers and git: on two busy cores that takes its time.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
