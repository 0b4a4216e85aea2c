import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  APP_ID,
  type Arranged,
  answer,
  arrange,
  ask,
  FILES,
  octokit,
  REPO,
  run,
  undescribed,
  WEB,
} from './arrange.ts';

let at: Arranged;
let head: string;
let number: number;
beforeEach(async () => {
  at = await arrange({ record: true });
  ({ sha: head } = await at.github.as('bob').push({ repo: REPO, branch: 'change', files: { a: 'a' } }));
  ({ number } = await at.github.as('bob').openPull({ repo: REPO, head: 'change', title: 'A change' }));
  await at.github.settled();
});
afterEach(() => at.github.close());

const job = {
  name: 'test',
  conclusion: 'failure',
  title: '1 test failed',
  summary: 'price rounds down',
  annotations: [{ path: 'src/price.ts', start_line: 3, message: 'expected 2, got 1', title: 'price' }],
  log: 'ok 1\nnot ok 2\n',
} as const;

describe('a foreign CI', () => {
  it('is told of as GitHub Actions would be: runs, then the suite, then the workflow, with the pull request', async () => {
    const seen = at.github.events.length;
    const { checkRunIds, checkSuiteId, workflowRunId } = await at.github
      .ci(REPO)
      .report(head, { name: 'lint', conclusion: 'success' }, job);
    await at.github.settled();
    const told = at.github.events.slice(seen);
    expect(told.map(({ event, action }) => `${event}.${action}`)).toEqual([
      'check_run.created',
      'check_run.created',
      'check_run.completed',
      'check_run.completed',
      'check_suite.completed',
      'workflow_run.completed',
    ]);
    const pulls = [expect.objectContaining({ number })];
    expect(told[3]?.payload).toMatchObject({
      check_run: {
        id: checkRunIds[1],
        conclusion: 'failure',
        output: { title: '1 test failed', annotations_count: 1 },
        pull_requests: pulls,
        app: { id: 15_368, slug: 'github-actions' },
      },
      sender: { login: 'github-actions[bot]' },
    });
    expect(told[4]?.payload).toMatchObject({
      check_suite: { id: checkSuiteId, conclusion: 'failure', pull_requests: pulls },
    });
    expect(told[5]?.payload).toMatchObject({
      workflow_run: {
        id: workflowRunId,
        check_suite_id: checkSuiteId,
        head_sha: head,
        head_branch: 'change',
        status: 'completed',
        conclusion: 'failure',
        run_attempt: 1,
        pull_requests: pulls,
      },
      workflow: { name: 'CI' },
      sender: { login: 'bob' },
    });
    expect(told.map(({ byJobToken }) => byJobToken)).toEqual([true, true, true, true, true, false]);
  });

  it('that reports again at a commit is another attempt: the newest run of a name counts', async () => {
    const ci = at.github.ci(REPO);
    const first = await ci.report(head, job);
    const again = await ci.report(head, { ...job, conclusion: 'success', annotations: [] });
    expect([again.checkSuiteId, again.workflowRunId]).toEqual([first.checkSuiteId, first.workflowRunId]);
    await at.github.settled();
    expect(at.github.events.at(-1)?.payload).toMatchObject({ workflow_run: { run_attempt: 2 } });
    const { data } = await at.app.rest.checks.listForRef({ ...WEB, ref: head });
    expect(data.check_runs.map(({ id, conclusion }) => [id, conclusion])).toEqual([
      [again.checkRunIds[0], 'success'],
    ]);
  });

  it('can be another App, which has neither workflow runs nor logs', async () => {
    at.github.addApp({ id: 99, slug: 'circleci', permissions: { checks: 'write' }, events: [] });
    const told = await at.github.ci(REPO, 'circleci').report(head, job);
    expect(told.workflowRunId).toBeNull();
    const actions = at.github.jobToken(REPO, { actions: 'read' });
    const logs = octokit(at.github, actions).rest.actions.downloadJobLogsForWorkflowRun({
      ...WEB,
      job_id: told.checkRunIds[0] ?? 0,
    });
    expect((await answer(logs)).status).toBe(404);
    expect(() => at.github.ci(REPO, 'nobody')).toThrow('The simulator has no App nobody: add it first.');
  });

  it('of a fork’s branch names no pull request, as on GitHub', async () => {
    await at.github.fork({ repository: REPO, owner: 'eve' });
    const { sha } = await at.github.as('eve').push({ repo: 'eve/web', branch: 'fix', files: { b: 'b' } });
    await at.github.as('eve').openPull({ repo: REPO, head: 'eve:fix', title: 'From afar' });
    await at.github.ci(REPO).report(sha, job);
    await at.github.settled();
    expect(at.github.events.at(-1)?.payload).toMatchObject({
      workflow_run: { head_sha: sha, head_branch: null, pull_requests: [] },
      sender: { login: 'eve' },
    });
  });
});

describe('what a CI leaves behind', () => {
  it('is read by REST and by GraphQL: annotations, and the log at an address that asks for no token', async () => {
    const { checkRunIds } = await at.github.ci(REPO).report(head, job);
    const [id = 0] = checkRunIds;
    const { data: annotations } = await at.app.rest.checks.listAnnotations({ ...WEB, check_run_id: id });
    expect(annotations).toMatchObject([
      {
        path: 'src/price.ts',
        start_line: 3,
        end_line: 3,
        annotation_level: 'failure',
        message: 'expected 2, got 1',
      },
    ]);
    const read = (token: string) =>
      fetch(`${at.github.url}/repos/${REPO}/actions/jobs/${id}/logs`, {
        redirect: 'manual',
        headers: { authorization: `Bearer ${token}` },
      });
    const redirect = await read(at.github.jobToken(REPO, { actions: 'read' }));
    expect(redirect.status).toBe(302);
    expect(await (await fetch(redirect.headers.get('location') ?? '')).text()).toBe(job.log);
    expect((await read(at.github.jobToken(REPO, { contents: 'read' }))).status).toBe(403);
    const { data } = await ask(
      at,
      `query ($oid: GitObjectID!) { repository(owner: "acme", name: "web") { object(oid: $oid) { ... on Commit {
        checkSuites(first: 9, filterBy: { appId: 15368 }) { nodes { app { slug databaseId } conclusion checkRuns(first: 9, filterBy: { conclusions: [FAILURE] }) {
          nodes { databaseId name title summary annotations(first: 9) { nodes { path annotationLevel location { start { line } } } } } } } } } } } }`,
      { oid: head },
    );
    expect(data.repository.object.checkSuites.nodes).toEqual([
      {
        app: { slug: 'github-actions', databaseId: 15_368 },
        conclusion: 'FAILURE',
        checkRuns: {
          nodes: [
            {
              databaseId: id,
              name: 'test',
              title: '1 test failed',
              summary: 'price rounds down',
              annotations: {
                nodes: [
                  { path: 'src/price.ts', annotationLevel: 'FAILURE', location: { start: { line: 3 } } },
                ],
              },
            },
          ],
        },
      },
    ]);
    expect(undescribed(at.github)).toEqual([]);
    expect((await fetch(`${at.github.url}/job-logs/${'0'.repeat(32)}`)).status).toBe(404);
  });

  it('reaches an App by webhook, if it subscribed', async () => {
    at.github.setWebhookUrl(APP_ID, 'http://127.0.0.1:9/nobody');
    await at.github.ci(REPO).report(head, job);
    await at.github.settled();
    expect(at.github.deliveries.map(({ event }) => event)).toEqual([
      'check_run',
      'check_run',
      'check_suite',
      'workflow_run',
    ]);
  });
});

describe('a suggestion', () => {
  it('is committed by a person to the branch that it is about', async () => {
    const { github } = at;
    const files = { 'src/price.ts': FILES['src/price.ts'].replace('three', 'drei') };
    await github.as('bob').push({ repo: REPO, branch: 'change', files });
    const body = 'Better:\n\n```suggestion\nTWO\nTHREE\n```';
    await github.as('alice').review({
      repo: REPO,
      number,
      event: 'COMMENT',
      comments: [{ path: 'src/price.ts', start_line: 2, line: 3, body }],
    });
    const [comment] = github.reviewComments(REPO, number);
    const { sha } = await github.as('bob').acceptSuggestion({ repo: REPO, comment: comment?.id ?? 0 });
    expect((await github.pull(REPO, number)).head.sha).toBe(sha);
    expect(await github.fileAt(REPO, 'change', 'src/price.ts')).toBe(
      'one\nTWO\nTHREE\nfour\nfive\nsix\nseven\n',
    );
  });
});

describe('git', () => {
  it('clones without blobs and fetches one object by its id, as from GitHub', async () => {
    const folder = `${at.github.gitDirectory(REPO)}-clone`;
    const url = `${at.github.url}/${REPO}.git`;
    await run('git', ['clone', '--quiet', '--bare', '--filter=blob:none', url, folder]);
    const { stdout } = await run('git', [
      '--git-dir',
      folder,
      'rev-list',
      '--objects',
      '--missing=print',
      'main',
    ]);
    expect(stdout.split('\n').filter((line) => line.startsWith('?'))).toHaveLength(Object.keys(FILES).length);
    const blob = (await run('git', ['--git-dir', folder, 'rev-parse', 'main:README.md'])).stdout.trim();
    expect((await run('git', ['--git-dir', folder, 'cat-file', 'blob', blob])).stdout).toBe(
      FILES['README.md'],
    );
  });
});
