import { afterAll, beforeAll, expect } from 'vitest';
import { type TestPostgres, testPostgres } from '../storage/postgres.ts';
import type { Finding, Property } from './property.ts';

/** Tries properties a few times, on one PostgreSQL for all of a file. `npm run crash` tries them in full. */
export function tryingSmall(): (property: Property, size: number) => Promise<Finding['figures']> {
  let postgres: TestPostgres | null = null;
  beforeAll(async () => {
    postgres = await testPostgres();
  });
  afterAll(() => postgres?.close());
  return async ({ name, check }, size) => {
    const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));
    process.stdout.write(`${name}: seed ${seed}\n`);
    const { figures, wrong } = await check(size, seed, { postgres, until: Date.now() + 60_000 });
    expect(wrong, `${name}, seed ${seed}, ${JSON.stringify(figures)}`).toEqual([]);
    return figures;
  };
}
