import { beforeAll, describe, expect, it } from 'vitest';
import { runJob } from './action-job.ts';
import { expectedRun, leftBy, WHOLE } from './left.ts';
import { type Restartable, restartable } from './restartable.ts';
import type { Asked } from './stage.ts';
import { edits, finish, says, use } from './story.ts';

const FIX = '@conductor fix: correct the rounding';
const REPOSITORY = '/repos/{owner}/{repo}';
const REFS = `POST ${REPOSITORY}/git/refs`;

const STORY = {
  files: { 'src/total.js': 'export const total = (sum) => Math.floor(sum * 100) / 100;\n' },
  script: [
    edits(
      'correct the rounding',
      'Rounds.',
      use('edit_file', { path: 'src/total.js', old: 'Math.floor', new: 'Math.round' }),
    ),
    { when: ['think for a while'], turns: [{ tool_calls: [finish('I thought.')], delay_ms: 400 }] },
    says('', 'Answered.'),
  ],
};

let room: Restartable;
beforeAll(async () => {
  room = await restartable(STORY, { rest: true });
});

const left = (thread: number, self?: string) => leftBy(room, thread, self);

describe('effects that fail beside the work', () => {
  const REACTIONS = `POST ${REPOSITORY}/issues/comments/{comment_id}/reactions`;

  it.each([403, 404, 500])(
    'S0-28: a reaction that GitHub refuses with %i does not fail the run',
    async (status) => {
      room.simulator.faults.add({ route: REACTIONS, kind: 'fail-before', status });
      const asked = await room.ask('ada', '@conductor hello');
      expect(asked).toMatchObject({ code: 'answered', reactions: [], notices: [] });
      expect(asked.run?.conclusion).toBe('done');
    },
  );

  it('S0-9: check runs that cannot be posted do not undo the pull request', async () => {
    room.simulator.faults.add({ route: `POST ${REPOSITORY}/check-runs`, kind: 'fail-before', status: 403 });
    const asked = await room.ask('ada', FIX);
    expect(asked).toMatchObject({ code: 'pull_request_opened', checks: [] });
    expect(asked.run?.conclusion).toBe('done');
  });
});

describe('an answer that is lost after its effect', () => {
  const POINTS = [
    ['POST git/refs', REFS],
    ['POST pulls', `POST ${REPOSITORY}/pulls`],
    ['POST check-runs', `POST ${REPOSITORY}/check-runs`],
    ['POST comments', `POST ${REPOSITORY}/issues/{issue_number}/comments`],
  ] as const;

  const CASES = POINTS.flatMap(([name, route]) =>
    (['fail-after'] as const).map((kind) => ({ name, kind, route })),
  );
  interface Told {
    readonly asked: Asked;
    readonly hits: number;
    readonly status: readonly unknown[];
    readonly head: string | null;
  }
  const told = new Map<string, Told>();

  async function tell(key: string, fault: { readonly hits: number } | null): Promise<void> {
    const asked = await room.ask('ada', FIX);
    const { status } = await left(asked.thread);
    const branch = asked.run?.branch;
    told.set(key, {
      asked,
      hits: fault?.hits ?? 0,
      status,
      head: branch ? room.git('rev-parse', branch) : null,
    });
  }

  beforeAll(async () => {
    await tell('well', null);
    for (const { name, kind, route } of CASES) {
      // The first comment is the asker's own.
      const nth = route.endsWith('/comments') ? 2 : 1;
      await tell(`${name} ${kind}`, room.simulator.faults.add({ route, kind, nth }));
    }
    await room.restart();
    await Promise.all([...told.values()].map(({ asked }) => room.redeliver(room.deliveryOf(asked.comment))));
  });

  it.each(CASES)(
    'S0-16: at $name ($kind) the run ends, and the same event on a new machine leaves one of everything',
    async ({ name, kind }) => {
      const { asked, hits, status } = told.get(`${name} ${kind}`) ?? {};
      expect(hits).toBe(1);
      expect(asked?.run?.conclusion).toMatch(/^(done|failed)$/);
      expect(status).toHaveLength(1);

      const again = room.runs().filter(({ run }) => run === asked?.run?.run);
      expect(again).toHaveLength(2);
      expect(again[1]).toMatchObject({ conclusion: 'done' });
      expect(await left(asked?.thread ?? 0)).toEqual(WHOLE);
    },
  );

  it('S0-16: after a run that went well, the same event on a new machine changes nothing', async () => {
    const { asked, head } = told.get('well') ?? {};
    expect(room.runs().filter(({ run }) => run === asked?.run?.run)).toEqual([asked?.run, asked?.run]);
    expect(await left(asked?.thread ?? 0)).toEqual(WHOLE);
    expect(room.git('rev-parse', asked?.run?.branch ?? '')).toBe(head);
  });

  it('S0-16: a job of the Action whose answer was lost, run again, leaves one of everything', async () => {
    const asked = await room.ask('ada', 'No mention: only the jobs below work on it.');
    const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
    if (!event) throw new Error('there was no comment');
    room.simulator.faults.add({ route: `POST ${REPOSITORY}/pulls`, kind: 'fail-after' });
    const prompt = 'fix: correct the rounding';
    const first = await runJob(room, event, { prompt });
    expect(first).toMatchObject({ exitCode: 0, outputs: { conclusion: 'done' } });
    const second = await runJob(room, event, { prompt });
    expect(second).toMatchObject({
      exitCode: 0,
      outputs: { conclusion: 'done', run_id: first.outputs.run_id },
    });
    expect(await left(asked.thread, 'github-actions[bot]')).toEqual(WHOLE);
  });

  it('S0-16: three jobs of the Action for one event, at the same time, leave one of everything', async () => {
    const asked = await room.ask('ada', 'No mention: only the jobs below work on it.');
    const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
    if (!event) throw new Error('there was no comment');
    const jobs = [1, 2, 3].map(() => runJob(room, event, { prompt: 'fix: correct the rounding' }));
    for (const job of await Promise.all(jobs)) expect(job.exitCode).toBe(0);
    expect(await left(asked.thread, 'github-actions[bot]')).toEqual(WHOLE);
  }, 60_000);

  it('S0-3: after a restart the thread is known again: an answer stands beside the first one', async () => {
    const asked = await room.ask('ada', '@conductor hello');
    await room.restart();
    const again = await room.ask('ada', '@conductor hello again', asked.thread);
    expect([asked.code, again.code]).toEqual(['answered', 'answered']);
    expect(again.comments).toHaveLength(1);
    expect((await left(asked.thread)).status).toHaveLength(2);
  });
});

describe('the same event more than once', () => {
  it('S0-16: a delivery that is sent five times more is one run', async () => {
    const asked = await room.ask('ada', FIX);
    const before = { runs: room.runs().length, calls: room.simulator.calls.length };
    const delivery = room.deliveryOf(asked.comment);
    await Promise.all([1, 2, 3, 4, 5].map(() => room.redeliver(delivery)));
    expect(room.simulator.deliveries.filter(({ guid }) => guid === delivery.guid)).toHaveLength(6);
    expect(room.runs()).toHaveLength(before.runs);
    const since = room.simulator.calls.slice(before.calls).filter(({ actor }) => actor === 'conductor[bot]');
    expect(since).toEqual([]);
    expect(await left(asked.thread)).toEqual(WHOLE);
  });
});

/** A run's last word, where it had no status comment before. */
const SAY = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';

describe('two mentions at once', () => {
  it('S0-14: in one thread they are worked on one after another, in order', async () => {
    const thread = await room.openIssue();
    const { simulator, repository } = room;
    const before = { calls: simulator.calls.length, runs: room.runs().length };
    const person = simulator.as('ada');
    await person.comment({ repo: repository, number: thread, body: '@conductor think for a while' });
    await person.comment({ repo: repository, number: thread, body: FIX });
    await room.settled();

    expect(
      room
        .runs()
        .slice(before.runs)
        .map(({ pullRequest }) => pullRequest === null),
    ).toEqual([true, false]);
    const routes = simulator.calls
      .slice(before.calls)
      .filter(({ actor }) => actor === 'conductor[bot]')
      .map(({ route }) => route);
    const permissions = routes.flatMap((route, at) => (route.endsWith('/permission') ? [at] : []));
    const firstEnd = routes.indexOf(SAY);
    expect(permissions).toHaveLength(2);
    expect(permissions[1]).toBeGreaterThan(firstEnd);
  });

  it('S0-14: in two threads they are worked on side by side', async () => {
    const threads = [await room.openIssue('One'), await room.openIssue('Two')];
    const { simulator, repository } = room;
    const before = simulator.calls.length;
    const body = '@conductor think for a while';
    await Promise.all(
      threads.map((number) => simulator.as('ada').comment({ repo: repository, number, body })),
    );
    await room.settled();
    const routes = simulator.calls
      .slice(before)
      .filter(({ actor }) => actor === 'conductor[bot]')
      .map(({ route }) => route);
    const begun = routes.flatMap((route, at) => (route.endsWith('/permission') ? [at] : []));
    expect(begun).toHaveLength(2);
    expect(Math.max(...begun)).toBeLessThan(routes.indexOf(SAY));
  });

  it('S0-28: the second comment gets its reaction at once, not when the first run has ended', async () => {
    const thread = await room.openIssue();
    const { simulator, repository } = room;
    const person = simulator.as('ada');
    await person.comment({ repo: repository, number: thread, body: '@conductor think for a while' });
    const second = await person.comment({ repo: repository, number: thread, body: '@conductor hello' });
    const before = simulator.calls.length;
    await room.settled();
    const since = simulator.calls.slice(before);
    const reacted = since.findIndex(({ path }) => path.endsWith(`/comments/${second.id}/reactions`));
    const firstEnded = since.findIndex(({ route, actor }) => route === SAY && actor === 'conductor[bot]');
    expect(reacted).toBeGreaterThan(-1);
    expect(reacted).toBeLessThan(firstEnded);
  });
});

describe('a branch of the same name', () => {
  const foreign = (branch: string, message: string) => {
    const person = ['-c', 'user.name=eve', '-c', 'user.email=eve@example.com'];
    const commit = room.git(...person, 'commit-tree', '-p', 'main', '-m', message, 'main^{tree}');
    room.git('update-ref', `refs/heads/${branch}`, commit);
    return commit;
  };

  it.each([
    ['with foreign commits', () => 'Mine.'],
    [
      'with foreign commits that name the run',
      (run: string) => `Mine.\n\nConductor-Run: ${run}\nRequested-by: eve`,
    ],
  ])('S2-37: %s is never overwritten or built upon', async (_what, message) => {
    const thread = await room.openIssue('The total is wrong');
    let commit = '';
    let branch = '';
    room.simulator.faults.before(REFS, () => {
      const expected = expectedRun(room, thread, 'the-total-is-wrong');
      branch = expected.branch;
      commit = foreign(branch, message(expected.run));
    });
    const asked = await room.ask('ada', FIX, thread);
    expect(asked).toMatchObject({ code: 'branch_exists', pull: null, checks: [], branches: [branch] });
    expect(asked.status).toContain(`The branch \`${branch}\` exists with other commits`);
    expect(asked.status).toContain('Delete or rename that branch, then ask again.');
    expect(room.git('rev-parse', branch)).toBe(commit);
    expect(asked.changing.filter(({ method }) => method !== 'POST')).toEqual([]);
  });
});
