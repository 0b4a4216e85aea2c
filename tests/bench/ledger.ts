import { sql } from 'kysely';
import { digestOf, GENESIS, hashOf } from '../../src/audit/chain.ts';
import { openJournal } from '../../src/storage/journal.ts';
import { openStorage, type Storage } from '../../src/storage/open-storage.ts';
import { gathered, readLedger } from '../../src/storage/read-ledger.ts';
import { end } from '../../src/storage/run-queue.ts';
import { verifyLedger } from '../../src/storage/verify-ledger.ts';
import { runInMemory } from '../runs/memory-host.ts';
import { ask, DONE, NEVER, start } from '../storage/build.ts';
import type { TestPostgres } from '../storage/postgres.ts';

/** What a ledger of so many rows costs to check and to look into, and what a run pays for it; in milliseconds. */
export interface LedgerFigures {
  readonly verify: number;
  readonly listThread: number;
  readonly listedRows: number;
  readonly newest: number;
  readonly perRun: number;
  readonly perRunWithout: number;
}

const INSTALLATION = 1;
const ROWS_A_THREAD = 100;
const RUNS = 60;

export async function ledgerFigures(postgres: TestPostgres, rows: number): Promise<LedgerFigures> {
  const storage = await opened(postgres);
  try {
    await fill(storage, rows);
    const verified = await timed(() => verifyLedger(storage.db, INSTALLATION, []));
    if (verified.value.flaws.length > 0 || verified.value.rows !== rows)
      throw new Error(`The filled ledger does not verify: ${JSON.stringify(verified.value.flaws[0])}`);
    const inThread = { repository: 7, thread: Math.floor(rows / ROWS_A_THREAD / 2) };
    const lists: number[] = [];
    const newest: number[] = [];
    let listedRows = 0;
    for (let round = 0; round < 20; round++) {
      const listed = await timed(() => gathered(readLedger(storage.db, inThread)));
      listedRows = listed.value.length;
      lists.push(listed.ms);
      const last = { ...inThread, newestFirst: true, most: 50 };
      newest.push((await timed(() => gathered(readLedger(storage.db, last)))).ms);
    }
    const { perRun, perRunWithout } = await costOfRun(postgres);
    const figures = { verify: verified.ms, listThread: median(lists), newest: median(newest) };
    return { ...figures, listedRows, perRun, perRunWithout };
  } finally {
    await storage.close();
  }
}

const opened = async (postgres: TestPostgres) =>
  openStorage({ databaseUrl: await postgres.database(), dataDirectory: '' });

/** Rows as runs write them, chained here: one by one, the database would take minutes for a million. */
async function fill({ db }: Storage, rows: number): Promise<void> {
  let hash = GENESIS;
  for (let first = 1; first <= rows; first += 10_000) {
    const batch = Array.from({ length: Math.min(10_000, rows - first + 1) }, (_, index) => {
      const sequence = first + index;
      const detail = {
        salt: `${sequence}`.padStart(32, '0'),
        text: `{"tool":"read_file","target":"src/${sequence}.ts"}`,
      };
      const row = {
        installation: INSTALLATION,
        sequence,
        at: new Date(Date.UTC(2026, 0, 1) + sequence * 1_000).toISOString(),
        repository: 7,
        thread: Math.floor(sequence / ROWS_A_THREAD),
        run: `r${Math.floor(sequence / 25)}`,
        actor: null,
        kind: 'tool_used',
        detailDigest: digestOf(detail),
        body: `{"agent":"coder","ok":true,"attempt":1,"event":${sequence % 25}}`,
      } as const;
      hash = hashOf(hash, row);
      return { row, hash, detail };
    });
    const list = <T>(of: (one: (typeof batch)[number]) => T) => batch.map(of);
    await sql`insert into ledger select ${INSTALLATION}, s, a, 7, t, r, null, 'tool_used', d, b, h from unnest(
      ${list(({ row }) => row.sequence)}::bigint[], ${list(({ row }) => row.at)}::text[],
      ${list(({ row }) => row.thread)}::integer[], ${list(({ row }) => row.run)}::text[],
      ${list(({ row }) => row.detailDigest)}::text[], ${list(({ row }) => row.body)}::text[],
      ${list((one) => one.hash)}::text[]) as x(s, a, t, r, d, b, h)`.execute(db);
    await sql`insert into ledger_details select ${INSTALLATION}, s, salt, detail from unnest(
      ${list(({ row }) => row.sequence)}::bigint[], ${list(({ detail }) => detail.salt)}::text[],
      ${list(({ detail }) => detail.text)}::text[]) as x(s, salt, detail)`.execute(db);
  }
  await sql`insert into ledger_heads (installation, sequence, hash) values (${INSTALLATION}, ${rows}, ${hash})`.execute(
    db,
  );
  await sql`analyze ledger, ledger_details`.execute(db);
}

/** A run's appends, with the ledger and where the database tells it nothing; in turns, so that both meet the same machine. */
async function costOfRun(postgres: TestPostgres): Promise<Pick<LedgerFigures, 'perRun' | 'perRunWithout'>> {
  const [without, with_] = [await opened(postgres), await opened(postgres)];
  try {
    await sql`create or replace function ledger_append(p_installation integer, p_repository bigint, p_thread integer,
      p_run text, p_kinds text[], p_ats text[], p_accounts bigint[], p_people text[], p_bodies text[], p_details text[])
      returns bigint language sql as 'select 0::bigint'`.execute(without.db);
    const { events } = await runInMemory();
    const took = { without: [] as number[], with: [] as number[] };
    for (let thread = 1; thread <= RUNS; thread++)
      for (const [key, { db }] of [
        ['without', without],
        ['with', with_],
      ] as const) {
        const holder = await start(db, ask({ thread }));
        const journal = await openJournal(db, holder, NEVER);
        const { ms } = await timed(async () => {
          for (const event of events) await journal.append({ ...event, run: holder.run });
        });
        took[key].push(ms);
        await end(db, holder, { outcome: DONE, told: true });
      }
    return { perRun: median(took.with), perRunWithout: median(took.without) };
  } finally {
    await without.close();
    await with_.close();
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ value: T; ms: number }> {
  const began = performance.now();
  const value = await work();
  return { value, ms: performance.now() - began };
}

const median = (list: readonly number[]) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
