import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Work } from '../../src/runs/runner.ts';
import type { ThreadRuns } from '../../src/runs/thread-runs.ts';
import type { Durable } from '../../src/storage/durable.ts';
import { type EmbeddedDatabase, openEmbeddedDatabase } from '../../src/storage/embedded-database.ts';
import { embeddedPool } from '../../src/storage/embedded-pool.ts';
import { executeClaimed } from '../../src/storage/execute-claimed.ts';
import { createInbox } from '../../src/storage/inbox.ts';
import { openJournal } from '../../src/storage/journal.ts';
import { openStorage, type Storage } from '../../src/storage/open-storage.ts';
import { isTransient, untilBack } from '../../src/storage/transient.ts';
import { embeddedDatabaseOf } from '../durability/proc.ts';
import { ask, DONE, event, FAILED, finish, HERE, NEVER, start } from './build.ts';
import { copyCreated } from './created-pglite.ts';
import { testPostgres } from './postgres.ts';

const failure = (code: string, message = '') => Object.assign(new Error(message), { code });

describe('R21: an error that may pass', () => {
  it.each([
    ['refused', failure('ECONNREFUSED')],
    ['reset', failure('ECONNRESET')],
    ['a name that does not resolve now', failure('EAI_AGAIN')],
    ['refused at every address', new AggregateError([failure('ECONNREFUSED'), failure('ECONNREFUSED')])],
    ['connection failure', failure('08006')],
    ['too many connections', failure('53300')],
    ['disk full', failure('53100')],
    ['serialization failure', failure('40001')],
    ['deadlock', failure('40P01')],
    ['server shuts down', failure('57P01')],
    ['server starts up', failure('57P03')],
    ['read-only', failure('25006')],
    ['node-postgres: cut', new Error('Connection terminated unexpectedly')],
    ['node-postgres: no connection in time', new Error('timeout exceeded when trying to connect')],
    [
      'node-postgres: after the cut',
      new Error('Client has encountered a connection error and is not queryable'),
    ],
  ])('%s', (_what, error) => expect(isTransient(error)).toBe(true));

  it.each([
    ['a key that is there already', failure('23505')],
    ['no such table', failure('42P01')],
    ['wrong password', failure('28P01')],
    ['no such database', failure('3D000')],
    ['a character that text can’t hold', failure('22021')],
    ['a bug of ours', new TypeError('undefined is not a function')],
    ['several that will not pass', new AggregateError([failure('28P01')])],
    ['no error at all', 'ECONNREFUSED'],
    ['words of somebody else', new Error('they wrote: Connection terminated')],
  ])('is not: %s', (_what, error) => expect(isTransient(error)).toBe(false));
});

describe('statements that wait for the database', () => {
  it('are repeated while it is away, at growing pauses', async () => {
    const at: number[] = [];
    const answer = await untilBack(NEVER, async () => {
      at.push(Date.now());
      if (at.length < 4) throw failure('ECONNREFUSED');
      return 'back';
    });
    expect(answer).toBe('back');
    const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0));
    expect(pauses[0]).toBeGreaterThanOrEqual(45);
    expect(pauses[2]).toBeGreaterThanOrEqual(190);
  });

  it('are not repeated for an error that will not pass', async () => {
    let times = 0;
    const statements = async () => {
      times += 1;
      throw failure('42P01', 'no such table');
    };
    await expect(untilBack(NEVER, statements)).rejects.toThrow('no such table');
    expect(times).toBe(1);
  });

  it('give up at once when this process closes', async () => {
    const closing = new AbortController();
    const waiting = untilBack(closing.signal, async () => Promise.reject(failure('ECONNREFUSED', 'away')));
    await setTimeout(200);
    const asked = Date.now();
    closing.abort();
    await expect(waiting).rejects.toThrow('away');
    expect(Date.now() - asked).toBeLessThan(100);
  });
});

const postgres = await testPostgres();
const unstoppable = Boolean(process.env.TEST_DATABASE_URL);
const name = postgres ? 'R20: while PostgreSQL is away' : 'R20, skipped: no PostgreSQL';
describe.skipIf(postgres === null || unstoppable)(name, () => {
  const open: Storage[] = [];
  afterAll(async () => {
    for (const storage of open) await storage.close();
    await postgres?.close();
  });

  it('an event is not accepted, a journal waits, and both go on when it is back', async () => {
    const storage = await openStorage({ databaseUrl: (await postgres?.database()) ?? '', dataDirectory: '' });
    open.push(storage);
    const { store } = createInbox(storage.db, HERE);
    const holder = await start(storage.db);
    const journal = await openJournal(storage.db, holder, NEVER);
    const away = ask({ thread: 2 });

    await postgres?.stop();
    await expect(store(away)).rejects.toSatisfy(isTransient);
    let appended = false;
    const appending = journal.append(event(holder.run, 0)).then(() => {
      appended = true;
    });
    await setTimeout(300);
    expect(appended).toBe(false);

    await postgres?.start();
    await appending;
    expect((await openJournal(storage.db, holder, NEVER)).recorded).toHaveLength(1);
    expect(await store(away)).toBe('accepted');
    const { rows } = await sql`select id from runs`.execute(storage.db);
    expect(rows).toHaveLength(2);
  });

  it.each<[keyof ThreadRuns, unknown]>([
    ['list', [expect.objectContaining({ outcome: { state: 'failed', code: FAILED.code } })]],
    ['agents', []],
    ['stop', []],
    ['retry', { run: expect.objectContaining({ state: 'queued' }), from: 'the start' }],
  ])('a run that asks its thread for `%s` waits, and is answered when it is back', async (what, answer) => {
    const storage = await openStorage({ databaseUrl: (await postgres?.database()) ?? '', dataDirectory: '' });
    open.push(storage);
    const { db } = storage;
    await finish(db, ask(), FAILED);
    const { run } = await start(db, ask({ body: '@conductor retry' }));
    let answered: unknown;
    const work: Partial<Work> = {
      async execute(_request, { threadRuns }) {
        await postgres?.stop();
        const asked = Promise.allSettled([threadRuns?.[what]('ada')]);
        await setTimeout(300);
        await postgres?.start();
        [answered] = await asked;
        return { how: 'ended', outcome: DONE, told: true };
      },
    };
    const durable: Partial<Durable> = { steps: async () => [] };
    await executeClaimed(
      {
        db,
        replica: HERE,
        work: work as Work,
        durable: durable as Durable,
        executing: new Map(),
        closed: NEVER,
        kick: () => undefined,
        log: () => undefined,
      },
      { run, attempt: 1 },
      { run: (_name, step) => step() },
    );
    expect(answered).toEqual({ status: 'fulfilled', value: answer });
  });

  it('the storage does not open, and says why', async () => {
    const databaseUrl = (await postgres?.database()) ?? '';
    await postgres?.stop();
    await expect(openStorage({ databaseUrl, dataDirectory: '' })).rejects.toThrow('ECONNREFUSED');
    await postgres?.start();
    open.push(await openStorage({ databaseUrl, dataDirectory: '' }));
  });
});

describe('R20: while the process of the embedded database is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'conductor-outage-'));
  let database: EmbeddedDatabase;
  const killed = async () => {
    const pid = embeddedDatabaseOf(process.pid);
    process.kill(pid ?? Number.NaN, 'SIGKILL');
    while (embeddedDatabaseOf(process.pid) === pid) await setTimeout(5);
  };
  beforeAll(async () => {
    await copyCreated(join(folder, 'database'));
    database = await openEmbeddedDatabase(folder);
    const link = await database.link();
    await link.run('create table numbers (number integer primary key)', []);
  });
  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });

  it('its transaction fails to its end, takes nothing with it, and what comes next finds another', async () => {
    const { pool } = embeddedPool(database);
    const transaction = await pool.connect();
    await transaction.query('begin');
    await transaction.query('insert into numbers values (1)');
    await killed();
    await expect(transaction.query('insert into numbers values (2)')).rejects.toSatisfy(isTransient);
    await expect(transaction.query('commit')).rejects.toSatisfy(isTransient);
    transaction.release();
    await pool.query('insert into numbers values (3)');
    expect((await pool.query('select number from numbers')).rows).toEqual([{ number: 3 }]);
  });

  it('a statement under way fails as one that may be repeated', async () => {
    const { pool } = embeddedPool(database);
    const under = pool.query('select pg_sleep(5)');
    const failed = expect(under).rejects.toSatisfy(isTransient);
    await setTimeout(50);
    await killed();
    await failed;
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  it('R26: what a terminal and a service manager send to all is for its owner to act on', async () => {
    const { pool } = embeddedPool(database);
    const pid = embeddedDatabaseOf(process.pid);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(pid ?? Number.NaN, signal);
    await pool.query('select 1');
    expect(embeddedDatabaseOf(process.pid)).toBe(pid);
  });
});
