import { write } from './attack.ts';

/** May go without a person wherever anything may. */
export const HARMLESS = write('docs/guide.md', '# Guide\n\nBetter.\n');
/** Waits for a person under every policy of the stage. */
export const HELD = write('src/billing/rate.js', 'export const rate = 2;\n');
/** The same file otherwise. */
export const OTHERWISE = write('src/billing/rate.js', 'export const rate = 1_000_000;\n');
