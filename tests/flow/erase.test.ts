import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { afterAll, describe, expect, it } from 'vitest';
import { storyOf } from '../../src/audit/story.ts';
import { EVENTS } from '../../src/hosts/app.ts';
import { appSettings } from '../../src/hosts/environment.ts';
import { LOGS, PUSH } from '../../src/hosts/installation-tokens.ts';
import { serveApp, webhookUrl } from '../../src/hosts/serve.ts';
import { startSimulator } from '../../src/simulator/simulator.ts';
import { erasePerson } from '../../src/storage/erase-person.ts';
import { appendToLedger } from '../../src/storage/ledger.ts';
import { openStorage } from '../../src/storage/open-storage.ts';
import { gathered, readLedger } from '../../src/storage/read-ledger.ts';
import type { Tables } from '../../src/storage/tables.ts';
import { verifyLedger } from '../../src/storage/verify-ledger.ts';
import { copyCreated } from '../storage/created-pglite.ts';
import { testPostgres } from '../storage/postgres.ts';
import { edits, says, scenarioOf, use } from './story.ts';

const WHO = 'zebulon-quix';
const EMAIL = 'zebulon@quix.example';
const TRACES = new RegExp(`${WHO}|${EMAIL}`, 'i');

const APP_ID = 4242;
const rounding = use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' });
const SCRIPT = [
  edits('rounding', `Rounds, as ${WHO} asked.`, rounding),
  says('who asked', `It was Zebulon-Quix <${EMAIL}>.`),
  says('', 'Because of Math.floor.'),
];

const folders: string[] = [];
const postgres = await testPostgres();
afterAll(async () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  await postgres?.close();
});

/** Whole runs by two people on a local GitHub; gives the storage that they left, and the account of the one. */
async function afterRuns(databaseUrl: string | null) {
  const simulator = await startSimulator();
  const { repository, files } = scenarioOf({ script: SCRIPT });
  simulator.addOrganization({ login: 'acme' });
  const { id } = simulator.addUser({ login: WHO });
  simulator.addUser({ login: 'ada' });
  await simulator.addRepository({ ...repository, files, collaborators: { ada: 'maintain', [WHO]: 'write' } });
  const webhookSecret = randomBytes(32).toString('hex');
  const { privateKey } = simulator.addApp({
    id: APP_ID,
    slug: 'conductor',
    webhookSecret,
    permissions: { ...PUSH, ...LOGS },
    events: [...EVENTS],
  });
  simulator.install(APP_ID, 'acme');
  const dataDirectory = mkdtempSync(join(tmpdir(), 'conductor-erase-'));
  folders.push(dataDirectory);
  if (databaseUrl === null) await copyCreated(join(dataDirectory, 'database'));
  const settings = appSettings({
    GITHUB_API_URL: simulator.url,
    DATA_DIR: dataDirectory,
    ...(databaseUrl === null ? {} : { DATABASE_URL: databaseUrl }),
  });
  const server = { appId: APP_ID, privateKey, webhookSecret, port: 0, host: '127.0.0.1', logLevel: 'fatal' };
  const app = await serveApp(server, settings);
  simulator.setWebhookUrl(APP_ID, webhookUrl(app));
  const repo = 'acme/shop';
  async function say(by: string, body: string, number?: number): Promise<number> {
    const opened =
      number ?? (await simulator.as(by).openIssue({ repo, title: 'A cent', body: 'Too low.' })).number;
    await simulator.as(by).comment({ repo, number: opened, body });
    await simulator.settled();
    await app.engine.idle();
    await simulator.settled();
    return opened;
  }
  const theirs = await say(WHO, `@conductor fix the rounding. Mail me: ${EMAIL}`);
  await say('ada', '@conductor ask who asked?', theirs);
  const [pull] = await simulator.pulls(repo);
  await say(WHO, '@conductor approve', pull?.number ?? 0);
  // An approval that will expire: a look at its end is stored.
  await simulator.as('ada').review({ repo, number: pull?.number ?? 0, event: 'APPROVE' });
  await simulator.settled();
  await app.engine.idle();
  await say('ada', '@conductor ask why is it wrong?');
  await app.close();
  await simulator.close();
  const storage = await openStorage({ databaseUrl, dataDirectory });
  return { storage, id, theirs };
}

/** Every row of every table of every schema, as text, and where it stands. */
async function dump(db: Kysely<Tables>): Promise<[table: string, row: string][]> {
  const { rows: tables } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`.execute(db);
  const all: [string, string][] = [];
  for (const { schema, name } of tables) {
    const table = sql.table(`${schema}.${name}`);
    const { rows } = await sql<{ row: string }>`select each::text as row from ${table} as each`.execute(db);
    all.push(...rows.map(({ row }): [string, string] => [`${schema}.${name}`, row]));
  }
  return all;
}

const PLACES = [
  ['embedded', async () => null],
  [postgres ? 'PostgreSQL' : 'PostgreSQL, skipped: no PostgreSQL', () => postgres?.database() ?? null],
] as const;

describe.each(PLACES)('a person who is erased, %s', (name, databaseUrl) => {
  it.skipIf(name.includes('skipped'))(
    'SEC-36: is nowhere in a full dump; the chain and the stories stay whole; who comes back is somebody new',
    async () => {
      const { storage, id, theirs } = await afterRuns(await databaseUrl());
      const { db } = storage;
      try {
        const traces = async () => {
          const avatar = new RegExp(`/u/${id}\\b`);
          const found = (await dump(db)).filter(([, row]) => TRACES.test(row) || avatar.test(row));
          return [...new Set(found.map(([table]) => table))].sort();
        };
        expect(await traces()).toEqual([
          'dbos.operation_outputs',
          'public.ledger_details',
          'public.run_events',
          'public.runs',
        ]);
        expect((await sql`select from rechecks`.execute(db)).rows).toHaveLength(1);
        const rowsIn = async (thread: number) => gathered(readLedger(db, { thread }));
        const [before] = await rowsIn(theirs);
        const installation = before?.row.installation ?? 0;
        const told = (await dump(db)).length;

        const asked = { who: WHO.toUpperCase(), emails: [EMAIL], dryRun: false };
        expect(await erasePerson(db, { ...asked, dryRun: true })).toMatchObject({ how: 'would_erase' });
        expect(await dump(db)).toHaveLength(told);
        expect(await erasePerson(db, asked)).toMatchObject({ how: 'erased' });

        expect(await traces()).toEqual([]);
        const numbers = await sql`select from runs where asker = ${id} union all
          select from spending where asker = ${id} union all
          select from ledger_people where account = ${id}`.execute(db);
        expect(numbers.rows).toEqual([]);
        expect((await verifyLedger(db, installation, [])).flaws).toEqual([]);

        const run = before?.row.run ?? '';
        const story = storyOf(await gathered(readLedger(db, { run })));
        expect(story.join('\n')).toContain('Somebody who is not known any more asked for fix');
        expect(story.join('\n')).toContain('pull_request_opened');
        // Ada's own run that names nobody is as it was.
        const last = (await gathered(readLedger(db, { kinds: ['asked'] }))).at(-1);
        expect(last).toMatchObject({ login: 'ada' });
        expect(last?.detail?.text).toContain('why is it wrong');

        expect(await erasePerson(db, asked)).toEqual({ how: 'unknown' });
        const place = { installation, repository: '1', thread: theirs, run };
        await appendToLedger(db, place, [
          {
            kind: 'asked',
            at: '2027-01-01',
            actor: { id, login: WHO },
            body: { characters: 0 },
            detail: null,
          },
        ]);
        const back = (await gathered(readLedger(db, { actor: WHO }))).at(-1);
        expect(back?.row.actor).not.toBe(before?.row.actor);
        expect((await verifyLedger(db, installation, [])).flaws).toEqual([]);
      } finally {
        await storage.close();
      }
    },
    120_000,
  );
});
