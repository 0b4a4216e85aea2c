import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { createWhole, takeDataFolder } from './data-folder.ts';
import { migrate } from './migrations.ts';
import { pglitePool } from './pglite-pool.ts';
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
  const folder = takeDataFolder(directory);
  try {
    // Loaded only where it is used: it is large.
    const { PGlite } = await import('@electric-sql/pglite');
    if (!existsSync(folder.database)) await createWhole(folder.database, createDatabase);
    const database = await PGlite.create(folder.database);
    const { pool, urgent } = pglitePool(database);
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
        folder.release();
      },
    };
  } catch (error) {
    folder.release();
    throw error;
  }
}

/** Making a database's files takes as much memory as a database: a process of its own gives it back. */
const CREATE = `
  const [pglite, folder] = process.argv.slice(1);
  const { PGlite } = await import(pglite);
  await (await PGlite.create(folder)).close();
`;

async function createDatabase(folder: string): Promise<void> {
  const arguments_ = [
    '--input-type=module',
    '--eval',
    CREATE,
    import.meta.resolve('@electric-sql/pglite'),
    folder,
  ];
  const child = spawn(process.execPath, arguments_, { env: {}, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(child, 'exit');
  if (code !== 0)
    throw new Error(`The embedded database could not be created: its process ended with ${code}.`);
}
