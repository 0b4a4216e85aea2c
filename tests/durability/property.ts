import type { TestPostgres } from '../storage/postgres.ts';

/** What a property is tried on. */
export interface Ground {
  /** Null: this machine has none, and PGlite must do. */
  readonly postgres: TestPostgres | null;
  /** Nothing new is begun after this time, in milliseconds since 1970: the figures then tell how far it came. */
  readonly until: number;
}

/** What came of it. */
export interface Finding {
  readonly figures: Readonly<Record<string, number | string>>;
  /** Empty: the property holds. */
  readonly wrong: readonly string[];
}

/** One promise about runs, and how to try it so many times. */
export interface Property {
  readonly name: string;
  /** What is counted. */
  readonly counts: string;
  readonly full: number;
  readonly check: (size: number, seed: number, ground: Ground) => Promise<Finding>;
}

/** How often each value occurs. */
export function tally(values: Iterable<string>): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort(([, one], [, other]) => other - one)
    .map(([value, count]) => `${count} ${value}`)
    .join(', ');
}
