import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { openEmbeddedDatabase } from './embedded-database.ts';
import { embeddedPool } from './embedded-pool.ts';
import { migrate } from './migrations.ts';
import type { Tables } from './tables.ts';

export interface StorageOptions {
  /** A PostgreSQL connection string; null: PGlite in the data folder. */
  readonly databaseUrl: string | null;
  readonly dataDirectory: string;
}

/** The open database. */
export interface Storage {
  /** `embedded`: this process is the only one that can use it. */
  readonly kind: 'embedded' | 'postgres';
  /** What DBOS needs to be told, beside the pool. */
  readonly url: string;
  readonly pool: Pool;
  readonly db: Kysely<Tables>;
  /** The same database, for what somebody outside waits for: ahead of this process's own work where that matters. */
  readonly urgent: Kysely<Tables>;
  close(): Promise<void>;
}

/** Connections of one process: runs take one for each statement, so this bounds how many statements are under way. */
const CONNECTIONS = 10;
const CONNECT_WITHIN_MS = 5_000;

/**
 * Opens PostgreSQL, or PGlite where no connection string is given, and brings the schema up to date.
 * @throws DataFolderTaken when another process holds the folder, and what the database says when it can't be reached.
 */
export async function openStorage({ databaseUrl, dataDirectory }: StorageOptions): Promise<Storage> {
  const storage = databaseUrl === null ? await openEmbedded(dataDirectory) : openPostgres(databaseUrl);
  try {
    await migrate(storage.db);
    return storage;
  } catch (error) {
    await storage.close();
    throw error;
  }
}

function openPostgres(url: string): Storage {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    // A connection that died silently is noticed, instead of being waited for.
    keepAlive: true,
    application_name: 'conductor',
  });
  // A connection that breaks while nobody uses it is replaced by the next query; unheard, it would end the process.
  pool.on('error', () => undefined);
  // So would one that breaks inside a transaction, between two of its statements: the next of them fails.
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return { kind: 'postgres', url, pool, db, urgent: db, close: () => db.destroy() };
}

async function openEmbedded(directory: string): Promise<Storage> {
  const database = await openEmbeddedDatabase(directory);
  const { pool, urgent } = embeddedPool(database);
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
  return {
    kind: 'embedded',
    url: 'postgresql://embedded@localhost:5432/postgres',
    pool,
    db,
    urgent: new Kysely<Tables>({ dialect: new PostgresDialect({ pool: urgent }) }),
    async close() {
      await db.destroy();
      await database.close();
    },
  };
}
