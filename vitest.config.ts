import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // One more than most machines that test have cores: much of it waits, for servers, git, and processes that die.
    maxWorkers: 3,
    // Whole runs start servers and git: on two busy cores that takes its time.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
