import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import type { Storage } from '../../src/storage/open-storage.ts';
import type { Tables } from '../../src/storage/tables.ts';

/** A statement by its beginning, and whether the database has done it when the connection breaks. */
export interface Cut {
  readonly at: string;
  readonly done: boolean;
}

/** The same database, over connections of which one breaks, once: at the first statement that begins so. */
export function cutting({ pool }: Storage, { at, done }: Cut): Kysely<Tables> {
  let isCut = false;
  const broken = () => Object.assign(new Error('The connection broke.'), { code: '57P01' });

  function breaking(client: PostgresPoolClient): PostgresPoolClient {
    const query = async (text: string, parameters: unknown[] = []) => {
      const strikes = !isCut && text.trimStart().startsWith(at);
      if (strikes) isCut = true;
      if (strikes && !done) throw broken();
      const answer = await client.query(text, parameters);
      if (strikes) throw broken();
      return answer;
    };
    return { query, release: () => client.release() } as unknown as PostgresPoolClient;
  }

  const breakingPool: PostgresPool = {
    connect: async () => breaking(await pool.connect()),
    end: async () => undefined,
  } as PostgresPool;
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool: breakingPool }) });
}
