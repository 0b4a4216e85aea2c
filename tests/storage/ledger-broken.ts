import { type RawBuilder, sql, type Transaction } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import { appendToLedger } from '../../src/storage/ledger.ts';
import type { Tables } from '../../src/storage/tables.ts';
import { verifyLedger } from '../../src/storage/verify-ledger.ts';
import { randomFrom } from '../durability/random.ts';
import { PLACE, toolUsed } from './ledger.ts';
import type { TestStore } from './stores.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000));
const ROWS = 12;

/** What somebody with the database's password does to row `n`, and the first row at which it must show. */
const BREAKS: Readonly<Record<string, (n: number) => readonly [RawBuilder<unknown>, number]>> = {
  'a body is changed': (n) => [sql`update ledger set body = body || ' ' where sequence = ${n}`, n],
  'a time is changed': (n) => [sql`update ledger set at = '2020-01-01' where sequence = ${n}`, n],
  'an actor is struck out': (n) => [sql`update ledger set actor = '-' where sequence = ${n}`, n],
  'a thread is changed': (n) => [sql`update ledger set thread = 99 where sequence = ${n}`, n],
  'a row goes to another chain': (n) => [sql`update ledger set installation = 6 where sequence = ${n}`, n],
  'a hash is changed': (n) => [sql`update ledger set hash = repeat('a', 64) where sequence = ${n}`, n],
  'a row is removed': (n) => [sql`delete from ledger where sequence = ${n}`, n],
  'the newest rows are removed': (n) => [sql`delete from ledger where sequence >= ${n}`, n],
  'a row is inserted behind the end': () => [
    sql`insert into ledger select installation, ${ROWS + 2}::bigint, at, repository, thread, run, actor, kind, detail_digest, body, hash
      from ledger where sequence = ${ROWS + 1}`,
    ROWS + 2,
  ],
  'two rows are swapped': (n) => [
    sql`update ledger set sequence = case sequence when ${n} then -1 else ${n} end where sequence in (${n}, ${n + 1})`,
    -1,
  ],
  'a detail is changed': (n) => [sql`update ledger_details set detail = '{}' where sequence = ${n}`, n],
  'a detail is removed': (n) => [sql`delete from ledger_details where sequence = ${n}`, n],
  'somebody becomes somebody else': () => [sql`update ledger_people set account = 8`, 1],
  'somebody is removed': () => [sql`delete from ledger_people`, 1],
  'rows are said to have expired': (n) => [
    sql`update ledger_heads set expired = ${n}, expired_hash = 'x'`,
    1,
  ],
};

export function brokenLedgerTests(store: TestStore): void {
  beforeEach(async () => {
    const events = Array.from({ length: ROWS }, (_, number) => toolUsed(`file ${number}`));
    await appendToLedger(store.storage.db, PLACE, events);
  });

  /** What a check finds first while something is broken, which is then taken back. */
  async function foundWhile(broken: (tx: Transaction<Tables>) => Promise<unknown>) {
    const tx = await store.storage.db.startTransaction().execute();
    try {
      await broken(tx);
      return (await verifyLedger(tx, PLACE.installation, [])).flaws[0];
    } finally {
      await tx.rollback().execute();
    }
  }

  describe('somebody with the database’s password', () => {
    it(`SEC-35: is found out, with the first bad row, whatever they break (seed ${SEED})`, async () => {
      const random = randomFrom(SEED);
      for (let round = 0; round < 3; round++)
        for (const [what, how] of Object.entries(BREAKS)) {
          const [broken, expected] = how(random.between(2, ROWS));
          const found = await foundWhile((tx) => broken.execute(tx));
          expect(found?.sequence, `${what}: ${found?.message}`).toBe(expected);
        }
      expect((await verifyLedger(store.storage.db, PLACE.installation, [])).flaws).toEqual([]);
    });
  });
}
