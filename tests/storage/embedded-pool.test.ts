import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kysely, PostgresDialect, sql } from 'kysely';
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type EmbeddedDatabase, openEmbeddedDatabase } from '../../src/storage/embedded-database.ts';
import { embeddedPool } from '../../src/storage/embedded-pool.ts';
import { copyCreated } from './created-pglite.ts';

/** PGlite has one session: what shares it must not notice the others. */
describe('the pool over the embedded database', () => {
  let folder: string;
  let database: EmbeddedDatabase;
  let pool: Pool;
  let urgent: Pool;
  let db: Kysely<{ numbers: { number: number } }>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'conductor-pool-'));
    await copyCreated(join(folder, 'database'));
    database = await openEmbeddedDatabase(folder);
    ({ pool, urgent } = embeddedPool(database));
    db = new Kysely({ dialect: new PostgresDialect({ pool }) });
    await pool.query('create table numbers (number integer primary key)');
  });
  beforeEach(async () => void (await pool.query('delete from numbers')));
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });

  const numbers = async () =>
    (await db.selectFrom('numbers').select('number').execute()).map((row) => row.number);

  it('does not mix two transactions: one that is rolled back takes nothing of the other with it', async () => {
    const kept = db.transaction().execute(async (tx) => {
      for (const number of [1, 2, 3]) await tx.insertInto('numbers').values({ number }).execute();
    });
    const undone = db.transaction().execute(async (tx) => {
      for (const number of [4, 5, 6]) await tx.insertInto('numbers').values({ number }).execute();
      throw new Error('undone');
    });
    await Promise.all([kept, expect(undone).rejects.toThrow('undone')]);
    expect(await numbers()).toEqual([1, 2, 3]);
  });

  it('lets a statement of its own wait until the transaction before it is through', async () => {
    const seen: number[] = [];
    const transaction = db.transaction().execute(async (tx) => {
      await tx.insertInto('numbers').values({ number: 1 }).execute();
      await new Promise((resolve) => setTimeout(resolve, 20));
      await tx.insertInto('numbers').values({ number: 2 }).execute();
    });
    await new Promise((resolve) => setTimeout(resolve, 5));
    await Promise.all([transaction, numbers().then((found) => seen.push(...found))]);
    expect(seen).toEqual([1, 2]);
  });

  it('releases the session after a statement that fails, alone or in a transaction', async () => {
    await expect(sql`select 1/0`.execute(db)).rejects.toThrow('division by zero');
    await expect(pool.query('select nonsense')).rejects.toThrow('nonsense');
    await expect(
      db.transaction().execute(async (tx) => {
        await tx.insertInto('numbers').values({ number: 1 }).execute();
        await tx.insertInto('numbers').values({ number: 1 }).execute();
      }),
    ).rejects.toMatchObject({ code: '23505' });
    expect(await numbers()).toEqual([]);
  });

  it('serves many at once, in the order in which they came', async () => {
    const { rows } = await pool.query('select 1 as one');
    expect(rows).toEqual([{ one: 1 }]);
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 50 }, async (_, number) => {
        await db.insertInto('numbers').values({ number }).execute();
        order.push(number);
      }),
    );
    expect(order).toEqual(Array.from({ length: 50 }, (_, number) => number));
  });

  it('serves what is urgent ahead of all who wait, and not in the middle of a transaction', async () => {
    const order: string[] = [];
    const client = await pool.connect();
    const waiting = ['first', 'second'].map((name) => pool.query('select 1').then(() => order.push(name)));
    waiting.push(urgent.query('select 1').then(() => order.push('urgent')));
    await client.query('select 1');
    order.push('transaction');
    client.release();
    await Promise.all(waiting);
    expect(order).toEqual(['transaction', 'urgent', 'first', 'second']);
  });

  it('lets a session that is released twice go once', async () => {
    const [first, second] = [await pool.connect(), pool.connect()];
    first.release();
    const held = await second;
    first.release();
    let served = false;
    const waiting = pool.query('select 1').then(() => {
      served = true;
    });
    await held.query('select 1');
    expect(served).toBe(false);
    held.release();
    await waiting;
  });

  it('answers as node-postgres does: large whole numbers as text, rows counted, undefined as null', async () => {
    const answer = await pool.query('select 9007199254740993::bigint as large, $1::text as nothing', [
      undefined,
    ]);
    expect(answer).toMatchObject({ rows: [{ large: '9007199254740993', nothing: null }], rowCount: 1 });
    const inserted = await pool.query({ text: 'insert into numbers values (1), (2)', values: [] });
    expect(inserted).toMatchObject({ command: 'INSERT', rowCount: 2, rows: [] });
    const several = await pool.query('select 1 as first; select 2 as last');
    expect(several.rows).toEqual([{ last: 2 }]);
  });
});
