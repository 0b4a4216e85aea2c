import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

/** Processes that are killed and started again take their time: they run by `npm run test:durability`. */
const LIVES = 'tests/durability/**/*.test.ts';
/** DBOS is global to its process: these files get one each. The rest share processes, and load the engine once in each. */
const APART = [
  'tests/storage/**/*.test.ts',
  'tests/flow/{approvals,control,models}.test.ts',
  'tests/hosts/slow-github.test.ts',
  LIVES,
];
const isLives = process.argv.some((argument) => argument.includes('durability'));

// Workers, and the processes that they start, read the same code again and again.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, 'node_modules/.cache/compiled');

export default defineConfig({
  test: {
    setupFiles: ['tests/set-up.ts'],
    exclude: [...configDefaults.exclude, ...(isLives ? [] : [LIVES])],
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      {
        extends: true,
        test: { name: 'shared', isolate: false, include: ['tests/**/*.test.ts'], exclude: APART },
      },
    ],
    // One more than most machines that test have cores: much of it waits, for servers, git, and processes that die.
    maxWorkers: 3,
    // Whole runs start servers and git: on two busy cores that takes its time.
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
