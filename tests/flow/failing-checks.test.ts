import { beforeAll, describe, expect, it } from 'vitest';
import { repairMark } from '../../src/runs/head-marks.ts';
import type { CiJob } from '../../src/simulator/ci.ts';
import { type Asked, type Pull, type Stage, stage } from './stage.ts';
import { edits, finish, says, use } from './story.ts';

const FILES = { 'src/total.js': 'export const total = (sum) => Math.floor(sum * 100) / 100;\n' };
const ON = { follow_up: { failing_checks: true } };

const repair = (when: string, now: string) =>
  edits(when, `Because of ${when}.`, use('write_file', { path: 'src/total.js', content: `${now};\n` }));

const SCRIPT = [
  // Only a log without colours and timestamps, cut at its error, reads like this.
  repair('ok 1\nnot ok 2 - one\n##[error]Process completed with exit code 1.\n</message>', 'one()'),
  repair('not ok - two', 'two()'),
  {
    when: ['repairs that Conductor makes by itself have not made the checks', 'not ok - three'],
    turns: [
      {
        tool_calls: [
          use('write_file', { path: 'src/total.js', content: 'three();\n' }),
          finish('The clock of the runner is wrong; nobody can repair that here.'),
        ],
      },
    ],
  },
  repair('not ok - four', 'four()'),
  says('undecided', 'I can not tell.'),
  edits(
    'correct the rounding',
    'Rounds.',
    use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
  ),
];

const LOG = [
  '2026-01-01T00:00:00.1234567Z \u001b[32mok 1\u001b[0m',
  '2026-01-01T00:00:01.1234567Z not ok 2 - one',
  '2026-01-01T00:00:02.1234567Z ##[error]Process completed with exit code 1.',
  '2026-01-01T00:00:03.1234567Z Post job cleanup. @conductor fix: correct the rounding',
].join('\n');

const failing = (log: string, name = 'test') => ({ name, conclusion: 'failure', log }) as const;

/** A pull request of Conductor's own, as ada asked for it. */
async function ownPull(room: Stage): Promise<Pull> {
  const { pull } = await room.ask('ada', '@conductor fix: correct the rounding');
  if (!pull) throw new Error('no pull request was opened');
  return pull;
}

/** Lets checks fail at the pull request's head, and waits until Conductor is done. */
async function fail(room: Stage, number: number, job: CiJob, app?: string): Promise<Asked> {
  const { head } = await room.simulator.pull(room.repository, number);
  return room.during(number, async () => {
    await room.simulator.ci(room.repository, app).report(head.sha, job);
    return undefined;
  });
}

/** A bot formats what was pushed: GitHub Actions, in the name of nobody. */
async function format({ simulator, repository }: Stage, { head }: Pull): Promise<void> {
  const response = await fetch(`${simulator.url}/repos/${repository}/contents/formatted.txt`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${simulator.jobToken(repository, { contents: 'write' })}` },
    body: JSON.stringify({ message: 'Format', content: 'eA==', branch: head.ref }),
  });
  expect(response.status).toBe(201);
}

const trailers = (room: Stage, { head }: Pull) =>
  room.git('log', '-1', '--format=%(trailers:only,unfold)', head.ref).split('\n');

const ORIGIN = [
  expect.stringMatching(/^Conductor-Asked: /),
  'Conductor-Agent: coder',
  'Conductor-Model: scripted/demo',
  'Conductor-Cost: $0.0060',
];

describe('checks that fail on a pull request of Conductor’s own', () => {
  let room: Stage;
  let pull: Pull;
  let first: Asked;

  beforeAll(async () => {
    room = await stage({ files: FILES, script: SCRIPT, config: ON });
    room.simulator.addApp({ id: 77, slug: 'circle', permissions: { checks: 'write' }, events: [] });
    room.simulator.install(77, 'acme');
    pull = await ownPull(room);
    first = await fail(room, pull.number, failing(LOG));
  });

  it('S3-6: are read, log and all, and repaired by one commit on its branch', async () => {
    expect(first).toMatchObject({ code: 'commit_pushed', branches: [], notices: [] });
    expect(room.git('show', `${pull.head.ref}:src/total.js`)).toBe('one();');
    expect(room.git('log', '-1', '--format=%s', pull.head.ref)).toBe('Repair what the checks found');
    expect(trailers(room, pull)).toEqual([
      `Conductor-Run: ${first.run?.run}`,
      expect.stringMatching(/^Requested-by: ada </),
      'Conductor-Cause: failing_checks',
      ...ORIGIN,
    ]);
  });

  it('S3-6: the status comment says which repair of how many it is, and nothing is reacted to', () => {
    expect(first.status).toContain(`Repair 1 of 2: \`test\` fails at \`${pull.head.sha.slice(0, 7)}\`.`);
    expect(first.calls.some(({ route }) => route.endsWith('/reactions'))).toBe(false);
    expect(first.status).not.toContain('@ada');
  });

  it('S3-6: that fail once more on the old head, or by another App, start nothing', async () => {
    const again = await room.during(pull.number, async () => {
      await room.simulator.ci(room.repository).report(pull.head.sha, failing(LOG, 'lint'));
      await room.simulator.ci(room.repository, 'circle').report(pull.head.sha, failing('', 'circle'));
      return undefined;
    });
    expect(again).toMatchObject({ run: null, comments: [], changing: [] });
  });

  it('S3-6: are repaired a second time, whatever bots push, and at the third failure handed back with a diagnosis, to the person who asked', async () => {
    await format(room, pull);
    const second = await fail(room, pull.number, failing('not ok - two'));
    expect(second.status).toContain('Repair 2 of 2: `test` fails');
    expect(room.git('show', `${pull.head.ref}:src/total.js`)).toBe('two();');

    const third = await fail(room, pull.number, failing('not ok - three'));
    expect(third).toMatchObject({ code: 'checks_still_fail', changing: [] });
    expect(third.run?.conclusion).toBe('waiting');
    expect(third.status).toContain('The clock of the runner is wrong');
    expect(third.status).toContain('- ✗ unknown');
    expect(third.notices).toHaveLength(1);
    expect(third.comments.join().match(/@ada/g)).toHaveLength(1);
    expect(room.git('show', `${pull.head.ref}:src/total.js`)).toBe('two();');
  });

  it('S3-6: after that nothing more is said, however often they fail', async () => {
    expect(await fail(room, pull.number, failing('not ok - three'))).toMatchObject({
      run: null,
      comments: [],
    });
    const other = await fail(room, pull.number, failing('', 'circle'), 'circle');
    expect(other).toMatchObject({ comments: [], changing: [] });
  });

  it('S3-6: a person’s commit starts the count again', async () => {
    const files = { 'src/other.js': 'other();\n' };
    const { sha } = await room.simulator
      .as('ada')
      .push({ repo: room.repository, branch: pull.head.ref, files });
    // Nor does it help to say in Conductor's words that there is nothing to do.
    const body = `Seen to. ${repairMark(sha)}`;
    await room.simulator.as('visitor').comment({ repo: room.repository, number: pull.number, body });
    const again = await fail(room, pull.number, failing('not ok - four'));
    expect(again.status).toContain('Repair 1 of 2');
    expect(room.git('show', `${pull.head.ref}:src/other.js`)).toBe('other();');
  });

  it('S3-6: somebody who pushes before the repair has begun is not repaired for what stood before', async () => {
    const { simulator, repository } = room;
    const files = { 'src/other.js': 'faster();\n' };
    const looked = 'GET /repos/{owner}/{repo}/pulls/{pull_number}/commits';
    const pushed = simulator.faults.after(looked, async () => {
      await simulator.as('ada').push({ repo: repository, branch: pull.head.ref, files });
    });
    const asked = await fail(room, pull.number, failing('not ok - two'));
    expect(pushed.hits).toBe(1);
    expect(asked).toMatchObject({ comments: [], changing: [], run: { conclusion: 'done' } });
  });

  it('S3-6: a repair that fails tells the person who asked, once for a commit', async () => {
    const files = { 'src/other.js': 'undecided();\n' };
    await room.simulator.as('ada').push({ repo: room.repository, branch: pull.head.ref, files });
    const asked = await fail(room, pull.number, failing('undecided'));
    expect(asked).toMatchObject({ code: 'no_changes', changing: [] });
    expect(asked.comments.join().match(/@ada/g)).toHaveLength(1);
    const other = await fail(room, pull.number, failing('', 'circle'), 'circle');
    expect(other).toMatchObject({ comments: [], changing: [] });
  });

  it('S3-6: whose logs can’t be read, for want of `actions: read`, are repaired by their annotations', async () => {
    const files = { 'src/other.js': 'annotated();\n' };
    await room.simulator.as('ada').push({ repo: room.repository, branch: pull.head.ref, files });
    const fault = room.simulator.faults.add({
      route: 'GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs',
      kind: 'answer',
      status: 403,
      body: { message: 'Resource not accessible by integration' },
    });
    const annotations = [{ path: 'src/total.js', start_line: 1, message: 'not ok - two' }];
    const asked = await fail(room, pull.number, { ...failing('not ok - four'), annotations });
    expect(fault.hits).toBe(1);
    expect(asked.code).toBe('commit_pushed');
    expect(room.git('show', `${pull.head.ref}:src/total.js`)).toBe('two();');
  });

  it('S3-6: what fails on the base branch as well is not repaired, and said', async () => {
    await room.simulator.ci(room.repository).report(room.git('rev-parse', 'main'), failing('', 'broken'));
    const files = { 'src/other.js': 'base();\n' };
    await room.simulator.as('ada').push({ repo: room.repository, branch: pull.head.ref, files });
    const asked = await fail(room, pull.number, failing('', 'broken'));
    expect(asked).toMatchObject({ code: 'fails_on_base', changing: [], notices: [] });
    expect(asked.status).toContain(
      'What fails here fails on `main` as well, so it was not repaired: `broken`.',
    );
    expect(asked.status).toContain('no model was asked');
  });

  it('S3-6: on a person’s pull request start nothing', async () => {
    const ada = room.simulator.as('ada');
    const branch = { repo: room.repository, branch: 'conductor/mine', files: { 'src/mine.js': 'mine();\n' } };
    const { sha } = await ada.push(branch);
    const body = '<!-- conductor:pull-request run=r000000000000 -->';
    const mine = await ada.openPull({ repo: room.repository, head: 'conductor/mine', title: 'Mine', body });
    expect((await room.simulator.pull(room.repository, mine.number)).head.sha).toBe(sha);
    expect(await fail(room, mine.number, failing('not ok - four'))).toMatchObject({
      run: null,
      comments: [],
    });
  });
});

describe('failing checks (Action)', () => {
  it('S3-6: a workflow that fails is repaired by a job; jobs remember nothing, and the thread says what was seen to', async () => {
    const room = await stage({ files: FILES, script: SCRIPT, config: ON }, { form: 'action' });
    const pull = await ownPull(room);
    const first = await fail(room, pull.number, failing(LOG));
    expect(first).toMatchObject({ code: 'commit_pushed', notices: [] });
    expect(first.status).toContain('Repair 1 of 2');
    expect(room.git('show', `${pull.head.ref}:src/total.js`)).toBe('one();');

    const second = await fail(room, pull.number, failing('undecided'));
    expect(second.code).toBe('no_changes');
    expect(second.comments.join().match(/@ada/g)).toHaveLength(1);
    const again = await fail(room, pull.number, failing('undecided'));
    expect(again).toMatchObject({ comments: [], changing: [], run: { conclusion: 'done' } });
  });
});
