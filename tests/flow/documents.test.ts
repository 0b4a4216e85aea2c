import { beforeAll, describe, expect, it } from 'vitest';
import { runJob } from './action-job.ts';
import { expectedRun, leftBy, WHOLE } from './left.ts';
import { type Restartable, restartable } from './restartable.ts';
import type { Asked } from './stage.ts';
import { edits, says, use } from './story.ts';

const FIX = '@conductor fix: correct the rounding';
const STORY = {
  files: {
    'src/total.js': 'export const total = (sum) => Math.floor(sum * 100) / 100;\n',
    'bin/run.sh': '#!/bin/sh\nexit 0\n',
  },
  script: [
    edits(
      'correct the rounding',
      'Rounds.',
      use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
    ),
    edits(
      'write five large files',
      'Five.',
      ...[1, 2, 3, 4, 5].map((n) =>
        use('write_file', { path: `data/${n}.txt`, content: `${'x'.repeat(900_000)}\n` }),
      ),
    ),
    says('', 'Answered.'),
  ],
};

let room: Restartable;
beforeAll(async () => {
  room = await restartable(STORY);
});
const left = (thread: number, self?: string) => leftBy(room, thread, self);
const operations = ({ calls }: Asked) => calls.map(({ route, operation }) => operation ?? route);

/** A commit of somebody else's on top of main. */
function foreign(): string {
  const person = ['-c', 'user.name=eve', '-c', 'user.email=eve@example.com'];
  return room.git(...person, 'commit-tree', '-p', 'main', '-m', 'Mine.', 'main^{tree}');
}

describe('a run in as few documents as can be', () => {
  it('C23: from the mention to the pull request, three: acknowledge and read, publish, the last word', async () => {
    const asked = await room.ask('ada', FIX);
    expect(asked.code).toBe('pull_request_opened');
    const asks = operations(asked).filter((each) => !each.endsWith('access_tokens'));
    expect(asks.slice(-3)).toEqual(['Acknowledge', 'Publish', 'LastWord']);
    expect(await left(asked.thread)).toEqual(WHOLE);
  });

  it('S2-37: the commit is signed by GitHub, names the run and the person, and stands on the base', async () => {
    const { pull, run } = await room.ask('ada', FIX);
    const head = pull?.head.sha ?? '';
    expect(room.git('log', '-1', '--format=%P', head)).toBe(room.git('rev-parse', 'main'));
    const message = room.git('log', '-1', '--format=%B', head);
    expect(message).toContain(`Conductor-Run: ${run?.run}\nRequested-by: ada `);
    const { verification } = await room.simulator
      .as('ada')
      .request<{ verification: { verified: boolean } }>(
        'GET',
        `/repos/${room.repository}/git/commits/${head}`,
      );
    expect(verification.verified).toBe(true);
  });

  it('C23: what a document can’t hold goes over REST, in eight requests at most', async () => {
    const asked = await room.ask('ada', '@conductor fix: write five large files');
    expect(asked.code).toBe('pull_request_opened');
    expect(operations(asked)).toContain('POST /repos/{owner}/{repo}/git/trees');
    expect(operations(asked).length, operations(asked).join('\n')).toBeLessThanOrEqual(8);
  });

  it('S0-30: a thread that GitHub does not give ends the run, and grants nothing', async () => {
    room.simulator.faults.add({
      route: 'operation Acknowledge',
      kind: 'fail-before',
      status: 200,
      body: { data: null, errors: [{ type: 'FORBIDDEN', message: 'no' }] },
    });
    room.simulator.faults.add({
      route: 'operation ReadThread',
      kind: 'answer',
      body: {
        data: { repository: null },
        errors: [{ type: 'NOT_FOUND', path: ['repository'], message: 'no' }],
      },
    });
    const asked = await room.ask('ada', '@conductor hello');
    expect(asked.run?.conclusion).toBe('failed');
    expect(asked.status).toContain('GitHub refused while reading');
  });
});

describe('a document that was done, and whose answer was lost', () => {
  const CASES = ['Acknowledge', 'Publish', 'LastWord'].flatMap((name) =>
    (['fail-after', 'drop-after'] as const).map((kind) => ({ name, kind })),
  );

  it.each(CASES)(
    'S0-16: $name ($kind) leaves one of everything, here and on a new machine',
    async ({ name, kind }) => {
      const fault = room.simulator.faults.add({ route: `operation ${name}`, kind });
      const asked = await room.ask('ada', FIX);
      expect(fault.hits).toBe(1);
      expect(asked.code).toBe('pull_request_opened');
      expect(await left(asked.thread)).toEqual(WHOLE);
      // What was said already is not said again.
      if (name === 'LastWord') expect(operations(asked).filter((each) => each === name)).toHaveLength(1);
      await room.restart();
      await room.redeliver(room.deliveryOf(asked.comment));
      expect(await left(asked.thread)).toEqual(WHOLE);
    },
  );

  it('S0-16: the last word of an undo that was asked for elsewhere leaves one of each check run', async () => {
    const { thread } = await room.ask('ada', FIX);
    const fault = room.simulator.faults.add({ route: 'operation LastWord', kind: 'drop-after' });
    const undone = await room.ask('ada', '@conductor undo', thread);
    expect(fault.hits).toBe(1);
    expect(undone.code).toBe('commit_pushed');
    const { checks } = await left(thread);
    expect(checks).toEqual(WHOLE.checks);
    await room.restart();
    await room.redeliver(room.deliveryOf(undone.comment));
    expect((await left(thread)).checks).toEqual(checks);
  });

  it('S0-16: our answer on a line is found again, whatever others write above it', async () => {
    const { simulator, repository } = room;
    const { pull } = await room.ask('ada', FIX);
    const number = pull?.number ?? 0;
    simulator.faults.after('operation Acknowledge', async () => {
      const [{ id } = { id: 0 }] = simulator.reviewComments(repository, number);
      const path = `/repos/${repository}/pulls/${number}/comments/${id}/replies`;
      for (let more = 0; more < 40; more++)
        await simulator.as('visitor').request('POST', path, { body: 'More.' });
    });
    const comments = [{ path: 'src/total.js', line: 1, body: '@conductor how?' }];
    await simulator.as('ada').review({ repo: repository, number, event: 'COMMENT', body: '', comments });
    await room.settled();
    const asked = simulator.deliveries.find(({ event }) => event === 'pull_request_review_comment');
    await room.restart();
    await room.redeliver(asked!);
    const own = simulator.reviewComments(repository, number).filter(({ user }) => user?.type === 'Bot');
    expect(own).toHaveLength(1);
  });

  it('S0-9: check runs of somebody else with the same names do not stand for ours', async () => {
    const { simulator, repository } = room;
    simulator.addApp({ id: 77, slug: 'circle', permissions: { checks: 'write' }, events: [] });
    simulator.install(77, 'acme');
    simulator.faults.after('operation Publish', async () => {
      const head = (await simulator.pulls(repository)).at(-1)?.head.sha ?? '';
      const theirs = ['conductor/policy', 'conductor/audit'].map(
        (name) => ({ name, conclusion: 'success' }) as const,
      );
      await simulator.ci(repository, 'circle').report(head, ...theirs);
    });
    simulator.faults.add({ route: 'operation LastWord', kind: 'fail-before' });
    const asked = await room.ask('ada', FIX);
    const made = asked.checks.map(({ name, app }) => `${app?.slug}: ${name}`);
    expect(made.sort()).toEqual([
      'circle: conductor/audit',
      'circle: conductor/policy',
      'conductor: conductor/audit',
      'conductor: conductor/policy',
    ]);
  });
});

describe('a document that was done in part', () => {
  it.each(['createRef', 'createCommitOnBranch', 'createPullRequest'])(
    'S0-16: without %s, the rest is done the careful way',
    async (field) => {
      const fault = room.simulator.faults.add({ route: `mutation ${field}`, kind: 'fail-before' });
      const asked = await room.ask('ada', FIX);
      expect(fault.hits).toBe(1);
      expect(asked.code).toBe('pull_request_opened');
      expect(await left(asked.thread)).toEqual(WHOLE);
    },
  );

  it('S0-9: without its check runs the pull request stands, and the run has ended well', async () => {
    const refused = (path: string) => ({
      type: 'FORBIDDEN',
      path: [path],
      message: 'Resource not accessible',
    });
    const node = { id: 'IC_x', fullDatabaseId: '1', url: 'https://github.example/comment' };
    room.simulator.faults.add({
      route: 'operation LastWord',
      kind: 'answer',
      body: {
        data: { check0: null, check1: null, comment: { commentEdge: { node } } },
        errors: [refused('check0'), refused('check1')],
      },
    });
    const asked = await room.ask('ada', FIX);
    expect(asked).toMatchObject({ checks: [], run: { conclusion: 'done' } });
    expect((await left(asked.thread)).pulls).toBe(1);
  });

  it.each([
    ['leaves no branch behind', null],
    ['leaves what a person has pushed to its branch meanwhile', 'before'],
    ['leaves what a person pushes to its branch at this very moment', 'at'],
  ])('S2-37: a commit that GitHub refuses for good %s', async (_, pushes) => {
    const { faults } = room.simulator;
    const thread = await room.openIssue('Refused');
    let branch = '';
    const stands = (at: string) => room.git('update-ref', `refs/heads/${branch}`, at);
    faults.after('operation Acknowledge', () => {
      branch = expectedRun(room, thread, 'refused').branch;
      stands(pushes === 'before' ? foreign() : 'main');
    });
    if (pushes === 'at') faults.before('operation TakeBack', () => void stands(foreign()));
    const errors = [{ type: 'FORBIDDEN', path: ['commit'], message: 'Resource not accessible' }];
    const data = { ref: { ref: { name: 'made' } }, commit: null, pull: null };
    faults.add({ route: 'operation Publish', kind: 'answer', body: { data, errors } });
    faults.add({ route: 'POST /repos/{owner}/{repo}/git/trees', kind: 'fail-before', status: 403 });
    const asked = await room.ask('ada', FIX, thread);
    expect(asked).toMatchObject({ code: 'github_forbidden', pull: null, branches: pushes ? [branch] : [] });
    if (pushes) expect(room.git('rev-parse', branch)).not.toBe(room.git('rev-parse', 'main'));
  });

  it('S2-37: where a branch of that name stands, nothing is tried in one document', async () => {
    const thread = await room.openIssue('Standing');
    let branch = '';
    room.simulator.faults.before('operation Acknowledge', () => {
      branch = expectedRun(room, thread, 'standing').branch;
      room.git('update-ref', `refs/heads/${branch}`, foreign());
    });
    const asked = await room.ask('ada', FIX, thread);
    expect(asked.code).toBe('branch_exists');
    const pulls = await room.simulator.pulls(room.repository);
    expect(pulls.filter(({ head }) => head.ref === branch)).toEqual([]);
  });

  it('S2-37: a branch that somebody else makes meanwhile stays theirs, and no pull request stays open for it', async () => {
    let theirs = '';
    let branch = '';
    const thread = await room.openIssue('Taken');
    room.simulator.faults.before('operation Publish', () => {
      branch = expectedRun(room, thread, 'taken').branch;
      theirs = foreign();
      room.git('update-ref', `refs/heads/${branch}`, theirs);
    });
    const asked = await room.ask('ada', FIX, thread);
    expect(asked.code).toBe('branch_exists');
    expect(room.git('rev-parse', branch)).toBe(theirs);
    const open = (await room.simulator.pulls(room.repository)).filter(
      ({ head, state }) => head.ref === branch && state === 'open',
    );
    expect(open).toEqual([]);
  });
});

describe('two that do the same', () => {
  it('S0-16: three jobs of the Action for one event, at the same time, leave one of everything', async () => {
    const asked = await room.ask('ada', 'No mention: only the jobs below work on it.');
    const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
    if (!event) throw new Error('there was no comment');
    const jobs = [1, 2, 3].map(() => runJob(room, event, { prompt: 'fix: correct the rounding' }));
    for (const job of await Promise.all(jobs)) expect(job.exitCode).toBe(0);
    expect(await left(asked.thread, 'github-actions[bot]')).toEqual(WHOLE);
  }, 60_000);
});
