import { type Kysely, sql } from 'kysely';
import { afterEach, expect, it } from 'vitest';
import { takeDataFolder } from '../../src/storage/data-folder.ts';
import { migrate } from '../../src/storage/migrations.ts';
import { openStorage, type Storage, type StorageOptions } from '../../src/storage/open-storage.ts';
import type { Tables } from '../../src/storage/tables.ts';
import { ask, queue, rowOf } from './build.ts';
import type { TestStore } from './stores.ts';

export function migrationTests(store: TestStore): void {
  const open: Storage[] = [];
  const opened = async (options: StorageOptions | Promise<StorageOptions> = store.fresh()) => {
    const storage = await openStorage(await options);
    open.push(storage);
    return storage;
  };
  afterEach(async () => {
    for (const storage of open.splice(0)) await storage.close();
  });

  it('S4-4: the first start creates all tables', async () => {
    const { db } = await opened();
    expect(await tablesIn(db)).toEqual(TABLES);
  });

  it('S2-26: migrating what is up to date changes nothing', async () => {
    const { db } = store.storage;
    const run = await queue(db, ask());
    const [tables, row] = [await tablesIn(db), await rowOf(db, run)];
    await migrate(db);
    await store.reopen();
    expect(await tablesIn(store.storage.db)).toEqual(tables);
    expect(await rowOf(store.storage.db, run)).toEqual(row);
  });

  it('R27: ten migrations at once of a new database are fine', async () => {
    const { db } = store.storage;
    await dropAll(db);
    await Promise.all(Array.from({ length: 10 }, () => migrate(db)));
    expect(await tablesIn(db)).toEqual(TABLES);
    await queue(db, ask());
  });

  it('S2-26, R27: a migration that fails half-way leaves nothing half done, and the next start goes on', async () => {
    const { db } = store.storage;
    await dropAll(db);
    await sql`create table sessions (in_the_way text)`.execute(db);
    await expect(migrate(db)).rejects.toThrow(/could not be brought up to date \(001_runs\).*sessions/);
    expect(await tablesIn(db)).toEqual(['sessions']);
    await sql`drop table sessions`.execute(db);
    await store.reopen();
    expect(await tablesIn(store.storage.db)).toEqual(TABLES);
    await queue(store.storage.db, ask());
  });

  if (store.kind === 'embedded') {
    it('R27: a start that fails lets go of the data folder', async () => {
      const options = await store.fresh();
      const { db } = await opened(options);
      await dropAll(db);
      await sql`create table sessions (in_the_way text)`.execute(db);
      await open.pop()?.close();
      await expect(openStorage(options)).rejects.toThrow(/could not be brought up to date/);
      (await takeDataFolder(options.dataDirectory)).release();
    });
  }

  if (store.kind === 'postgres') {
    it('R27, S1-1: two processes that start at once on a new database both open it', async () => {
      const options = store.fresh();
      const [one, two] = await Promise.all([opened(options), opened(options)]);
      const run = await queue(one.db, ask());
      expect((await rowOf(two.db, run)).state).toBe('queued');
    });
  }
}

const TABLES = [
  'ledger',
  'ledger_details',
  'ledger_heads',
  'ledger_people',
  'ledger_repositories',
  'marks',
  'rechecks',
  'replicas',
  'run_events',
  'runs',
  'sessions',
  'spending',
];

/** As before the first start: functions go, too. */
const dropAll = (db: Kysely<Tables>) => sql`drop schema public cascade; create schema public`.execute(db);

/** Our tables by name; the migrator's own two are left out. */
async function tablesIn(db: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`select table_name as name from information_schema.tables
    where table_schema = 'public' and table_name not like 'kysely%' order by 1`.execute(db);
  return rows.map(({ name }) => name);
}
