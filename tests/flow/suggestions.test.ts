import { beforeAll, describe, expect, it } from 'vitest';
import { runJob } from './action-job.ts';
import { type Restartable, restartable } from './restartable.ts';
import { type Asked, stage } from './stage.ts';
import { edits, use } from './story.ts';

const HEAD =
  'export const one = 1;\n// a line to go\nexport const zero = 0;\nexport const two = 2;\nexport const three = 3;\n';

const SCRIPT = [
  edits(
    'tidy the topic',
    'Two is three, and a word less.',
    use('edit_file', { path: 'src/topic.js', old: '// a line to go\n', new: '' }),
    use('edit_file', {
      path: 'src/topic.js',
      old: 'two = 2;',
      new: 'two = 2; // ```\nexport const more = 4;',
    }),
  ),
  edits(
    'tidy another file',
    'Elsewhere.',
    use('edit_file', { path: 'src/total.js', old: 'floor', new: 'round' }),
  ),
  edits(
    'publish the topic',
    'Publishes.',
    use('write_file', { path: '.github/workflows/x.yml', content: 'on: push\n' }),
  ),
];

let room: Restartable;
let topic: number;
let theirs: number;

/** Commits all suggestions of a review as GitHub does: bottom to top, each block in place of the lines it stands on. */
function committed(text: string, pull: number, review: number): string {
  const lines = text.split('\n');
  const comments = room.simulator
    .reviewComments(room.repository, pull)
    .filter((comment) => comment.pull_request_review_id === review);
  for (const comment of comments.sort((a, b) => b.line - a.line)) {
    const [, , block = ''] = /^(`{3,})suggestion\n([\s\S]*?)\1$/.exec(comment.body) ?? [];
    const start = comment.start_line ?? comment.line;
    lines.splice(start - 1, comment.line - start + 1, ...block.split('\n').slice(0, -1));
  }
  return lines.join('\n');
}

const reviewsOf = (pull: number) => room.simulator.reviews(room.repository, pull);

beforeAll(async () => {
  room = await restartable({ script: SCRIPT });
  const ada = room.simulator.as('ada');
  await ada.push({ repo: room.repository, branch: 'topic', files: { 'src/topic.js': HEAD } });
  topic = (await ada.openPull({ repo: room.repository, head: 'topic', title: 'A topic' })).number;
  await room.simulator.fork({ repository: room.repository, owner: 'visitor' });
  const visitor = room.simulator.as('visitor');
  await visitor.push({ repo: 'visitor/shop', branch: 'topic', files: { 'src/topic.js': HEAD } });
  const from = { repo: room.repository, head: 'visitor:topic', base: 'main', title: 'Theirs' };
  theirs = (await visitor.openPull(from)).number;
  await room.settled();
});

describe('a small change on a person’s pull request', () => {
  let asked: Asked;
  beforeAll(async () => {
    asked = await room.ask('ada', '@conductor fix: tidy the topic', topic);
  });

  it('S0-22: comes as one review that judges nothing, and nothing is pushed', () => {
    expect(asked).toMatchObject({ code: 'suggested', branches: [], checks: [], pull: null, notices: [] });
    expect(asked.run).toMatchObject({ conclusion: 'done', verdict: 'review' });
    expect(asked.changing.map(({ route }) => route)).toEqual([
      'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews',
    ]);
    const [review] = reviewsOf(topic);
    expect(review).toMatchObject({ state: 'COMMENTED', user: { login: 'conductor[bot]' } });
    expect(review?.body).toContain('> Two is three, and a word less.');
    expect(review?.body).toContain('ada [asked](');
    expect(asked.status).toContain('Made 2 suggestions in a review');
    expect(asked.status).toContain(`](${review?.html_url})`);
  });

  it('S0-22: its suggestions, committed, are exactly the change', () => {
    expect(committed(HEAD, topic, reviewsOf(topic)[0]?.id ?? 0)).toBe(
      'export const one = 1;\nexport const zero = 0;\nexport const two = 2; // ```\nexport const more = 4;\nexport const three = 3;\n',
    );
  });

  it('S0-22: is found again after a crash: asked once, suggested once', async () => {
    await room.restart();
    await room.redeliver(room.deliveryOf(asked.comment));
    expect(room.runs().at(-1)).toMatchObject({ run: asked.run?.run, conclusion: 'done' });
    expect(reviewsOf(topic)).toHaveLength(1);
  });

  it('S0-22: is suggested once when GitHub’s answer is lost', async () => {
    const before = reviewsOf(topic).length;
    const route = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
    room.simulator.faults.add({ route, kind: 'drop-after' });
    const again = await room.ask('ada', '@conductor fix: tidy the topic, once more', topic);
    room.simulator.faults.clear();
    expect(again.code).toBe('suggested');
    expect(reviewsOf(topic)).toHaveLength(before + 1);
  });

  it('S0-22: where GitHub does not take it after all, it is a pull request', async () => {
    const route = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
    const body = { message: 'Unprocessable Entity', errors: ['Line could not be resolved'] };
    room.simulator.faults.add({ route, kind: 'answer', status: 422, body });
    const stacked = await room.ask('ada', '@conductor fix: tidy the topic, a third time', topic);
    room.simulator.faults.clear();
    expect(stacked.code).toBe('pull_request_opened');
  });

  it('S0-8: is judged first: what policy blocks is not offered', async () => {
    const before = reviewsOf(topic).length;
    const blocked = await room.ask('ada', '@conductor fix: publish the topic', topic);
    expect(blocked).toMatchObject({ code: 'policy_block', changing: [] });
    expect(reviewsOf(topic)).toHaveLength(before);
  });

  it('S2-37: outside the lines that the pull request shows, it is a pull request to its branch', async () => {
    const stacked = await room.ask('ada', '@conductor fix: tidy another file', topic);
    expect(stacked.code).toBe('pull_request_opened');
    expect(stacked.pull?.base.ref).toBe('topic');
  });
});

describe('a fork’s pull request', () => {
  it('S0-30: takes suggestions, and neither repository is pushed to', async () => {
    const before = await room.simulator.branches('visitor/shop');
    const asked = await room.ask('ada', '@conductor fix: tidy the topic', theirs);
    expect(asked).toMatchObject({ code: 'suggested', branches: [] });
    expect(committed(HEAD, theirs, reviewsOf(theirs)[0]?.id ?? 0)).toContain('export const more = 4;');
    expect(await room.simulator.branches('visitor/shop')).toEqual(before);
  });

  it('S0-30: what does not fit is a patch in the thread, and says why', async () => {
    const asked = await room.ask('ada', '@conductor fix: tidy another file', theirs);
    expect(asked).toMatchObject({ code: 'patch_shown', changing: [], branches: [], pull: null });
    expect(asked.status).toContain('comes from a fork, which Conductor may not write to');
    expect(asked.status).toContain('does not show the lines of `src/total.js`');
    expect(asked.status).toMatch(/^\+.*Math\.round/m);
  });
});

describe('suggestions by jobs (Action)', () => {
  it('S0-22: a job makes them, and one that is run again finds them', async () => {
    const jobs = await stage({ script: SCRIPT }, { form: 'action' });
    const ada = jobs.simulator.as('ada');
    await ada.push({ repo: jobs.repository, branch: 'topic', files: { 'src/topic.js': HEAD } });
    const { number } = await ada.openPull({ repo: jobs.repository, head: 'topic', title: 'A topic' });
    const asked = await jobs.ask('ada', '@conductor fix: tidy the topic', number);
    expect(asked).toMatchObject({ code: 'suggested', branches: [], run: { conclusion: 'done' } });

    const event = jobs.simulator.events.findLast(
      (each) => each.event === 'issue_comment' && !each.byJobToken,
    );
    if (!event) throw new Error('there was no comment');
    expect((await runJob(jobs, event)).outputs).toMatchObject({ conclusion: 'done', run_id: asked.run?.run });
    expect(jobs.simulator.reviews(jobs.repository, number)).toHaveLength(1);
  });

  const CREATE = 'POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews';
  const SUBMIT = `${CREATE}/{review_id}/events`;

  /** The event of a comment on which only the jobs below work. */
  async function onlyJobs() {
    await room.ask('ada', 'No mention: only the jobs below work on it.', topic);
    const event = room.simulator.events.findLast((each) => each.event === 'issue_comment');
    if (!event) throw new Error('there was no comment');
    const before = reviewsOf(topic).length;
    const job = () => runJob(room, event, { prompt: 'fix: tidy the topic' });
    return { job, made: () => reviewsOf(topic).slice(before) };
  }

  it('S0-16: three jobs of the Action for one event, at the same time, make one review', async () => {
    const { job, made } = await onlyJobs();
    for (const { outputs } of await Promise.all([job(), job(), job()]))
      expect(outputs).toMatchObject({ conclusion: 'done', pr_url: '' });
    expect(made()).toMatchObject([{ state: 'COMMENTED' }]);
  }, 60_000);

  it('S0-16: a review that a job began and did not submit is submitted by the next; no other one stands beside it', async () => {
    const { job, made } = await onlyJobs();
    const lost = room.simulator.faults.add({ route: SUBMIT, kind: 'fail-before', times: 9 });
    await job();
    expect(lost.hits).toBeGreaterThan(0);
    expect(made()).toMatchObject([{ state: 'PENDING' }]);
    room.simulator.faults.clear();
    expect((await job()).outputs).toMatchObject({ conclusion: 'done' });
    expect(made()).toMatchObject([{ state: 'COMMENTED' }]);
  }, 60_000);

  it('S0-16: a job that has its turn when another has been through throws its own away', async () => {
    const { job, made } = await onlyJobs();
    let other: Awaited<ReturnType<typeof job>> | null = null;
    room.simulator.faults.before(CREATE, async () => {
      other = await job();
    });
    const own = await job();
    expect([other, own]).toMatchObject([
      { outputs: { conclusion: 'done' } },
      { outputs: { conclusion: 'done' } },
    ]);
    expect(made()).toMatchObject([{ state: 'COMMENTED' }]);
  }, 60_000);
});
