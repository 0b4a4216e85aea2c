import { afterAll } from 'vitest';
import { closeAll } from './closing.ts';

// Runs before each file of tests, also where files share a process.
afterAll(closeAll);
