import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { openStorage, type Storage, type StorageOptions } from '../../src/storage/open-storage.ts';
import { copyCreated } from './created-pglite.ts';
import { testPostgres } from './postgres.ts';

/** One kind of storage under test. `storage` is open while tests run, and empty when each begins. */
export interface TestStore {
  readonly kind: Storage['kind'];
  readonly storage: Storage;
  /** Closes the storage and opens it again, as a restart does. */
  reopen(): Promise<void>;
  /** How to open another database, which nobody has opened before. */
  fresh(): Promise<StorageOptions>;
}

/**
 * Runs the same tests on PGlite and on a real PostgreSQL. Where there is none, `testPostgres` says so, and its half is
 * skipped.
 */
export async function onBothStorages(tests: (store: TestStore) => void): Promise<void> {
  const postgres = await testPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'conductor-storage-'));
  const kinds = [
    { name: 'on PGlite', kind: 'embedded' as const, skipped: false, fresh: () => pgliteFolder(folder) },
    {
      name: postgres ? 'on PostgreSQL' : 'on PostgreSQL, skipped: no PostgreSQL',
      kind: 'postgres' as const,
      skipped: postgres === null,
      fresh: async () => ({ databaseUrl: (await postgres?.database()) ?? '', dataDirectory: folder }),
    },
  ];
  afterAll(async () => {
    await postgres?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  describe.each(kinds)('$name', ({ kind, skipped, fresh }) => {
    describe.skipIf(skipped)('', () => tests(openStore(kind, fresh)));
  });
}

function openStore(kind: Storage['kind'], fresh: () => Promise<StorageOptions>): TestStore {
  let options: StorageOptions;
  let storage: Storage;
  beforeAll(async () => {
    options = await fresh();
    storage = await openStorage(options);
  });
  // Quicker than `truncate`, which makes new files.
  beforeEach(() =>
    sql`delete from runs; delete from run_events; delete from sessions; delete from marks; delete from replicas; delete from spending; delete from rechecks;
      delete from ledger; delete from ledger_details; delete from ledger_heads; delete from ledger_people; delete from ledger_repositories`.execute(
      storage.db,
    ),
  );
  afterAll(() => storage.close());
  return {
    kind,
    fresh,
    get storage() {
      return storage;
    },
    async reopen() {
      await storage.close().catch(() => undefined);
      storage = await openStorage(options);
    },
  };
}

async function pgliteFolder(parent: string): Promise<StorageOptions> {
  const dataDirectory = join(parent, randomUUID());
  await copyCreated(join(dataDirectory, 'database'));
  return { databaseUrl: null, dataDirectory };
}
