import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/hosts/clock.ts';
import type { Clock } from '../../src/runs/ports.ts';
import { testPostgres } from '../storage/postgres.ts';
import { runJob } from './action-job.ts';
import { type Restartable, restartable } from './restartable.ts';
import { type Pull, type Stage, stage } from './stage.ts';
import { edits, use } from './story.ts';

const HOUR_MS = 3_600_000;
const EXPIRES_HOURS = 72;
const STORY = {
  files: { 'src/total.js': 'export const total = (sum) => Math.floor(sum);\n' },
  people: { ada: 'write', grace: 'maintain', linus: 'maintain' },
  config: { policy: { approvals: { from: ['permission:maintain'], expires_hours: EXPIRES_HOURS } } },
  script: [
    edits('correct', 'Rounds.', use('edit_file', { path: 'src/total.js', old: 'floor', new: 'round' })),
  ],
} as const;
/** The App looks every five seconds, and then it works. */
const LONG_ENOUGH_MS = 30_000;

const postgres = await testPostgres();
afterAll(() => postgres?.close());

describe.each([
  { name: 'on PGlite', databaseUrl: null, skipped: false },
  {
    name: postgres ? 'on PostgreSQL' : 'on PostgreSQL, skipped: no PostgreSQL',
    databaseUrl: (await postgres?.database()) ?? null,
    skipped: postgres === null,
  },
])('an approval that expires, $name', ({ databaseUrl, skipped }) => {
  let aheadMs = 0;
  let room: Restartable;
  const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + aheadMs) };
  const pass = (hours: number) => {
    aheadMs += hours * HOUR_MS;
  };
  // This process has room for one App with a database.
  afterEach(() => room?.close());

  const says = async (pull: Pull) => (await checkOf(room, pull))?.conclusion;

  it.skipIf(skipped)(
    'S4-17: takes the check with it by itself, also after a restart',
    async () => {
      room = await restartable(STORY, { stored: { databaseUrl }, clock });
      const pull = await approvedPull(room);
      pass(EXPIRES_HOURS - 1);
      await room.restart();
      await room.settled();
      expect(await says(pull)).toBe('success');

      pass(1);
      expect(await until(async () => (await says(pull)) === 'action_required')).toBe(true);
      await room.settled();
      const said = room.simulator.comments(room.repository, pull.number).at(-1);
      expect(said?.body).toContain('The approval of this pull request is void: it is too old.');
    },
    120_000,
  );
});

it('S4-17: in the Action, a scheduled workflow judges again what nothing else tells of', async () => {
  const room = await stage(STORY, { form: 'action' });
  const pull = await approvedPull(room);
  const { repo: repository } = pull.base;
  const event = { event: 'schedule', payload: { schedule: '17 * * * *', repository } };
  expect((await runJob(room, event)).exitCode).toBe(0);
  expect((await checkOf(room, pull))?.conclusion).toBe('success');
  room.simulator.setCollaborator(room.repository, 'grace', 'read');
  await runJob(room, event);
  expect((await checkOf(room, pull))?.conclusion).toBe('action_required');
}, 120_000);

/** A pull request of Conductor's, for an issue of its own, that grace has approved. */
async function approvedPull(room: Stage): Promise<Pull> {
  const { pull } = await room.ask('ada', '@conductor fix: correct the rounding');
  if (pull === null) throw new Error('No pull request was opened.');
  const at = { repo: room.repository, number: pull.number, body: '', comments: [] };
  await room.simulator.as('grace').review({ ...at, event: 'APPROVE' });
  await room.settled();
  expect((await checkOf(room, pull))?.conclusion).toBe('success');
  return pull;
}

async function checkOf({ simulator, repository }: Stage, { head }: Pull) {
  const all = await simulator.checkRuns(repository);
  return all.filter(({ name, head_sha }) => name === 'conductor/policy' && head_sha === head.sha).at(-1);
}

async function until(holds: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + LONG_ENOUGH_MS;
  while (Date.now() < end) {
    if (await holds()) return true;
    await setTimeout(50);
  }
  return false;
}
