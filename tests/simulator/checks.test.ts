import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { APP_ID, type Arranged, answer, arrange, octokit, REPO, WEB } from './arrange.ts';

let at: Arranged;
let sha: string;
beforeAll(async () => {
  at = await arrange();
  sha = (await at.github.branches(REPO)).main!;
});
afterAll(() => at.github.close());

const annotation = (line: number) => ({
  path: 'README.md',
  start_line: line,
  end_line: line,
  annotation_level: 'notice' as const,
  message: 'm',
});
const create = (fields: object = {}) =>
  at.app.rest.checks.create({ ...WEB, name: 'conductor/run', head_sha: sha, ...fields });
const output = (more: object = {}) => ({ output: { title: 't', summary: 's', ...more } });

describe('check runs', () => {
  it('carry the App that made them, and only that App changes them', async () => {
    const { data } = await create({ external_id: 'run-7' });
    expect(data).toMatchObject({
      status: 'queued',
      conclusion: null,
      external_id: 'run-7',
      app: { id: APP_ID, slug: 'conductor' },
    });
    const job = octokit(at.github, at.github.jobToken(REPO, { checks: 'write' }));
    const other = await answer(
      job.rest.checks.update({ ...WEB, check_run_id: data.id, status: 'in_progress' }),
    );
    expect(other.status).toBe(403);
    const { data: theirs } = await job.rest.checks.create({ ...WEB, name: 'job', head_sha: sha });
    expect(theirs.app?.slug).toBe('github-actions');
  });

  it('are not for people to make', async () => {
    const alice = octokit(at.github, at.github.userToken('alice'));
    expect((await answer(alice.rest.checks.create({ ...WEB, name: 'x', head_sha: sha }))).status).toBe(403);
  });

  it('gather annotations: an update adds to those that are there', async () => {
    const { data } = await create(output({ annotations: [annotation(1)] }));
    const { data: updated } = await at.app.rest.checks.update({
      ...WEB,
      check_run_id: data.id,
      conclusion: 'neutral',
      ...output({ annotations: [annotation(2), annotation(3)] }),
    });
    expect(updated).toMatchObject({
      status: 'completed',
      conclusion: 'neutral',
      output: { annotations_count: 3 },
    });
    const { data: listed } = await at.app.rest.checks.listAnnotations({
      ...WEB,
      check_run_id: data.id,
      per_page: 2,
      page: 2,
    });
    expect(listed.map(({ start_line }) => start_line)).toEqual([3]);
  });

  const action = { label: 'Approve', description: 'Let it in', identifier: 'approve' };
  it.each([
    [
      '51 annotations',
      output({ annotations: Array.from({ length: 51 }, (_, line) => annotation(line + 1)) }),
    ],
    ['a summary of 65,536 characters', output({ summary: 'x'.repeat(65_536) })],
    ['a text of 65,536 characters', output({ text: 'x'.repeat(65_536) })],
    ['four buttons', { actions: [1, 2, 3, 4].map((number) => ({ ...action, identifier: `a${number}` })) }],
    ['a label of 21 characters', { actions: [{ ...action, label: 'x'.repeat(21) }] }],
    ['an identifier of 21 characters', { actions: [{ ...action, identifier: 'x'.repeat(21) }] }],
    ['a description of 41 characters', { actions: [{ ...action, description: 'x'.repeat(41) }] }],
    ['a completed status without a conclusion', { status: 'completed' }],
    ["GitHub's own conclusion", { conclusion: 'stale' }],
    ['a commit that is not there', { head_sha: 'd'.repeat(40) }],
  ])('are refused with %s', async (_, fields) => {
    expect((await answer(create(fields))).status).toBe(422);
  });

  it('are accepted at each of those limits', async () => {
    const most = {
      ...output({
        summary: 'x'.repeat(65_535),
        text: 'x'.repeat(65_535),
        annotations: Array.from({ length: 50 }, (_, line) => annotation(line + 1)),
      }),
      actions: [1, 2, 3].map((number) => ({
        label: 'x'.repeat(20),
        identifier: `${number}`.padEnd(20, 'x'),
        description: 'x'.repeat(40),
      })),
    };
    expect((await answer(create(most))).status).toBe(201);
  });

  it('are listed newest first, by name, by App, the latest of each name unless all are wanted', async () => {
    const first = await create({ name: 'twice' });
    const second = await create({ name: 'twice' });
    const list = async (more: object) => {
      const { data } = await at.app.rest.checks.listForRef({
        ...WEB,
        ref: 'main',
        check_name: 'twice',
        ...more,
      });
      return data.check_runs.map(({ id }) => id);
    };
    expect(await list({})).toEqual([second.data.id]);
    expect(await list({ filter: 'all' })).toEqual([second.data.id, first.data.id]);
    expect(await list({ app_id: 15_368 })).toEqual([]);
  });
});

describe("a check run's buttons", () => {
  it('send requested_action to the App that owns the run, with who pressed which', async () => {
    const { data } = await create({
      status: 'completed',
      conclusion: 'action_required',
      actions: [{ label: 'Approve', description: 'd', identifier: 'approve' }],
    });
    await at.github.pressCheckAction('bob', data.id, 'approve');
    await at.github.settled();
    expect(at.github.events.at(-1)).toMatchObject({
      event: 'check_run',
      action: 'requested_action',
      sender: 'bob',
      payload: { requested_action: { identifier: 'approve' }, check_run: { id: data.id } },
    });
    await expect(at.github.pressCheckAction('bob', data.id, 'deny')).rejects.toThrow('has no button "deny"');
  });
});

describe('suites and statuses', () => {
  it('a push opens a suite for the App, which completes with its runs', async () => {
    const { sha: pushed } = await at.github
      .as('bob')
      .push({ repo: REPO, branch: 'suite', files: { s: 's' } });
    const suites = async () =>
      (await at.app.rest.checks.listSuitesForRef({ ...WEB, ref: pushed })).data.check_suites;
    expect((await suites()).map(({ app, status }) => [app?.slug, status])).toEqual([['conductor', 'queued']]);
    await create({ head_sha: pushed, conclusion: 'success' });
    await create({ head_sha: pushed, name: 'b', conclusion: 'failure' });
    expect((await suites()).map(({ status, conclusion }) => [status, conclusion])).toEqual([
      ['completed', 'failure'],
    ]);
  });

  it('the combined status is as bad as the latest of each context', async () => {
    const set = (context: string, state: 'success' | 'failure' | 'pending') =>
      at.app.rest.repos.createCommitStatus({ ...WEB, sha, context, state });
    const combined = async () =>
      (await at.app.rest.repos.getCombinedStatusForRef({ ...WEB, ref: 'main' })).data;
    await set('a', 'failure');
    await set('b', 'pending');
    expect((await combined()).state).toBe('failure');
    await set('a', 'success');
    expect((await combined()).state).toBe('pending');
    await set('b', 'success');
    expect(await combined()).toMatchObject({ state: 'success', total_count: 2 });
  });
});
