import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { AuditEvent } from '../../src/audit/audit-event.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { DEFAULT_DAYS } from '../../src/storage/days-kept.ts';
import { openJournal } from '../../src/storage/journal.ts';
import { appendToLedger } from '../../src/storage/ledger.ts';
import { gathered, readLedger } from '../../src/storage/read-ledger.ts';
import { applyRetention } from '../../src/storage/retention.ts';
import { newestRun, retryRun } from '../../src/storage/thread-runs.ts';
import { verifyLedger } from '../../src/storage/verify-ledger.ts';
import { event, FAILED, finish, NEVER, rowOf, start } from './build.ts';
import type { TestStore } from './stores.ts';

const DAY_MS = 86_400_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const day = (number: number) => new Date(START + number * DAY_MS);
const ADA = { id: 7, login: 'lovelace' };
const GRACE = { id: 8, login: 'hopper' };

function asked(number: number, actor = ADA): AuditEvent {
  return {
    kind: 'asked',
    at: day(number).toISOString(),
    actor,
    body: { characters: 3 },
    detail: { text: 'abc' },
  };
}
function used(number: number): AuditEvent {
  const detail = { tool: 'read_file', target: 'a' };
  return {
    kind: 'tool_used',
    at: day(number).toISOString(),
    actor: null,
    body: { agent: 'coder', ok: true },
    detail,
  };
}

export function retentionTests(store: TestStore): void {
  const db = () => store.storage.db;
  const place = (repository: number) => ({
    installation: 5,
    repository: `${repository}`,
    thread: 1,
    run: 'r1',
  });
  const rows = async () =>
    (await gathered(readLedger(db(), {}))).map(({ row, detail }) => ({ ...row, detail }));
  const keep = (repository: number, retention: number, prompts: number) =>
    sql`insert into ledger_repositories values (5, ${repository}, null, ${retention}, ${prompts})`.execute(
      db(),
    );
  const whole = async () => expect((await verifyLedger(db(), 5, [])).flaws).toEqual([]);

  it('SEC-36: the days that no config says are those of the schema', () => {
    const parsed = parseConfig('');
    expect(parsed.ok && parsed.config.audit).toMatchObject({
      retention_days: DEFAULT_DAYS.record,
      prompt_days: DEFAULT_DAYS.prompts,
    });
  });

  it('S0-31, SEC-36: prompts go after `prompt_days`, each repository’s by its own, and the chain says so', async () => {
    await keep(1, 400, 10);
    await keep(2, 400, 20);
    await appendToLedger(db(), place(1), [asked(0), used(0), asked(5)]);
    await appendToLedger(db(), place(2), [asked(0)]);
    await applyRetention(db(), day(12));
    const left = (await rows()).filter(({ detail }) => detail !== null);
    expect(left.map(({ kind, repository, at }) => [kind, repository, at])).toEqual([
      ['person_known', null, day(0).toISOString()],
      ['tool_used', 1, day(0).toISOString()],
      ['asked', 1, day(5).toISOString()],
      ['asked', 2, day(0).toISOString()],
    ]);
    expect((await rows()).at(-1)).toMatchObject({ kind: 'prompts_expired', repository: 1 });
    await whole();
    const before = await rows();
    await applyRetention(db(), day(12));
    expect(await rows()).toEqual(before);
  });

  it('S0-31, SEC-36: the record goes after `retention_days`; rows from the start only, and who acts later stays known', async () => {
    await keep(1, 100, 100);
    await keep(2, 300, 300);
    await appendToLedger(db(), place(1), [asked(0), used(1)]);
    await appendToLedger(db(), place(2), [used(2)]);
    await appendToLedger(db(), place(1), [asked(3, GRACE)]);
    await appendToLedger(db(), place(2), [asked(250)]);
    await applyRetention(db(), day(150));
    await whole();
    const kinds = async () =>
      (await rows()).map(
        ({ kind, repository, detail }) => `${kind} ${repository ?? ''} ${detail ? 'with' : ''}`,
      );
    // The rows of repository 1 stay where rows of no repository, which are kept for as long as any, stand before them.
    expect(await kinds()).toEqual([
      'person_known  with',
      'asked 1 ',
      'tool_used 1 ',
      'tool_used 2 with',
      'person_known  with',
      'asked 1 ',
      'asked 2 with',
      'prompts_expired 1 ',
      'details_expired 1 ',
    ]);
    await applyRetention(db(), day(310));
    expect(await kinds()).toEqual([
      'asked 2 with',
      'prompts_expired 1 ',
      'details_expired 1 ',
      'details_expired 2 ',
      'person_known  with',
      'rows_expired  ',
    ]);
    await whole();
    const people = await db().selectFrom('ledger_people').selectAll().execute();
    expect(people.map(({ account }) => account)).toEqual(['7']);
    const [entry] = await gathered(readLedger(db(), { kinds: ['asked'] }));
    expect(entry?.login).toBe('lovelace');
    await applyRetention(db(), day(2_000));
    await whole();
    expect(await kinds()).toEqual(['prompts_expired 2 ', 'rows_expired  ']);
  });

  it('S0-31: of a run that is over, what was asked and said goes, then the run; it can’t be retried meanwhile', async () => {
    const run = await finish(db(), undefined, FAILED, false);
    const holder = { run, attempt: 1, token: 1 };
    const journal = await openJournal(db(), holder, NEVER);
    await journal.append(event(run, 0, { kind: 'context_packed', digest: 'd', tokens: 1 }));
    const steps = { steps: async () => [] };
    await applyRetention(db(), new Date(Date.now() + 29 * DAY_MS));
    expect((await rowOf(db(), run)).request).not.toBeNull();
    await applyRetention(db(), new Date(Date.now() + 31 * DAY_MS));
    expect(await rowOf(db(), run)).toMatchObject({ request: null, told: true, outcome_state: 'failed' });
    expect(await db().selectFrom('run_events').selectAll().where('run', '=', run).execute()).toEqual([]);
    expect(await newestRun(db(), { repositoryId: 1, thread: 1 })).toBe(run);
    expect(await retryRun(db(), steps, run)).toBe('forgotten');
    await applyRetention(db(), new Date(Date.now() + 401 * DAY_MS));
    expect(await db().selectFrom('runs').selectAll().execute()).toEqual([]);
  });

  it('S0-31: a run that is under way is left alone, however old', async () => {
    const { run } = await start(db());
    await applyRetention(db(), new Date(Date.now() + 1_000 * DAY_MS));
    expect(await rowOf(db(), run)).toMatchObject({ state: 'running' });
    expect((await rowOf(db(), run)).request).not.toBeNull();
  });

  it('S0-31: goes on in bounded parts until nothing is left to do', async () => {
    await keep(1, 10, 10);
    for (let part = 0; part < 3; part++)
      await appendToLedger(
        db(),
        place(1),
        Array.from({ length: 500 }, () => used(0)),
      );
    let parts = 1;
    while ((await applyRetention(db(), day(20))).more) parts += 1;
    expect(parts).toBe(2);
    await whole();
    expect((await rows()).filter(({ kind }) => kind === 'tool_used')).toEqual([]);
  });
}
