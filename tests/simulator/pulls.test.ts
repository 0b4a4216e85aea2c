import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Arranged, answer, arrange, FILES, octokit, REPO, WEB } from './arrange.ts';

let at: Arranged;
beforeEach(async () => {
  at = await arrange();
});
afterEach(() => at.github.close());

const price = (from: string, to: string) => ({ 'src/price.ts': FILES['src/price.ts'].replace(from, to) });
const actions = (name = 'pull_request') =>
  at.github.events.filter(({ event }) => event === name).map(({ action }) => action);

async function open(branch = 'change', files: Record<string, string> = price('two', 'zwei'), body = '') {
  await at.github.as('bob').push({ repo: REPO, branch, files });
  return at.github.as('bob').openPull({ repo: REPO, head: branch, title: `Take ${branch}`, body });
}

describe('opening', () => {
  it('is refused for a missing head, for no commits, and for a twin', async () => {
    const { app } = at;
    const create = (head: string) =>
      answer(app.rest.pulls.create({ ...WEB, head, base: 'main', title: 'x' }));
    expect(await create('nope')).toMatchObject({
      status: 422,
      errors: [{ resource: 'PullRequest', field: 'head', code: 'invalid' }],
    });
    expect(await create('main')).toMatchObject({
      status: 422,
      errors: [{ message: 'No commits between main and main' }],
    });
    await open('change');
    expect(await create('change')).toMatchObject({
      status: 422,
      errors: [{ message: 'A pull request already exists for acme:change.' }],
    });
  });

  it('by an App needs pull_requests, and a job only where the repository lets Actions propose', async () => {
    await at.github.as('bob').push({ repo: REPO, branch: 'change', files: price('two', 'zwei') });
    const create = (token: string, repo = 'web') =>
      answer(
        octokit(at.github, token).rest.pulls.create({
          owner: 'acme',
          repo,
          head: 'change',
          base: 'main',
          title: 'x',
        }),
      );
    expect((await create(at.github.jobToken(REPO, { contents: 'write' }))).status).toBe(403);
    expect((await create(at.github.jobToken(REPO, { pull_requests: 'write' }))).status).toBe(201);
    await at.github.addRepository({ owner: 'acme', name: 'strict', files: FILES, actionsMayPropose: false });
    await at.github.as('alice').push({ repo: 'acme/strict', branch: 'change', files: price('two', 'zwei') });
    const refused = await create(at.github.jobToken('acme/strict', { pull_requests: 'write' }), 'strict');
    expect(refused).toMatchObject({ status: 403, message: expect.stringContaining('not permitted') });
  });
});

describe('an open pull request', () => {
  it('follows pushes: head, size, files, and a synchronize event', async () => {
    const { number } = await open();
    const { sha } = await at.github
      .as('bob')
      .push({ repo: REPO, branch: 'change', files: { 'b.txt': 'b\n' } });
    const { data } = await at.app.rest.pulls.get({ ...WEB, pull_number: number });
    expect(data).toMatchObject({
      head: { sha },
      commits: 2,
      additions: 2,
      deletions: 1,
      changed_files: 2,
      mergeable: true,
      mergeable_state: 'clean',
    });
    const { data: files } = await at.app.rest.pulls.listFiles({ ...WEB, pull_number: number });
    expect(files.map(({ filename }) => filename)).toEqual(['b.txt', 'src/price.ts']);
    await at.github.settled();
    expect(actions()).toEqual(['opened', 'synchronize']);
    const last = at.github.events.findLast(({ action }) => action === 'synchronize');
    expect(last?.payload).toMatchObject({ after: sha, number });
  });

  it('is a draft until somebody says it is ready', async () => {
    await at.github.as('bob').push({ repo: REPO, branch: 'change', files: price('two', 'zwei') });
    const { number } = await at.github
      .as('bob')
      .openPull({ repo: REPO, head: 'change', title: 'x', draft: true });
    const refused = await answer(at.app.rest.pulls.merge({ ...WEB, pull_number: number }));
    expect(refused).toMatchObject({ status: 405, message: 'Pull Request is still a draft' });
    await at.github.setDraft('bob', REPO, number, false);
    expect((await answer(at.app.rest.pulls.merge({ ...WEB, pull_number: number }))).status).toBe(200);
    await at.github.settled();
    expect(actions()).toEqual(['opened', 'ready_for_review', 'closed']);
  });

  it('knows a conflict from git itself, and cannot be merged then', async () => {
    const { number } = await open('change', price('two', 'zwei'));
    await at.github.as('bob').push({ repo: REPO, branch: 'main', files: price('two', 'deux') });
    const { data } = await at.app.rest.pulls.get({ ...WEB, pull_number: number });
    expect([data.mergeable, data.mergeable_state]).toEqual([false, 'dirty']);
    expect((await answer(at.app.rest.pulls.merge({ ...WEB, pull_number: number }))).status).toBe(405);
    expect(await at.github.fileAt(REPO, 'main', 'src/price.ts')).toContain('deux');
  });

  it('closes when its branch goes, and reopens only when it is back', async () => {
    const { number } = await open();
    await at.github.as('bob').deleteBranch({ repo: REPO, branch: 'change' });
    expect(at.github.issue(REPO, number).state).toBe('closed');
    expect(
      (await answer(at.app.rest.pulls.update({ ...WEB, pull_number: number, state: 'open' }))).status,
    ).toBe(422);
    await at.github.as('bob').push({ repo: REPO, branch: 'change', files: price('two', 'zwei') });
    expect(
      (await answer(at.app.rest.pulls.update({ ...WEB, pull_number: number, state: 'open' }))).status,
    ).toBe(200);
  });
});

describe('merging', () => {
  it.each(['merge', 'squash', 'rebase'] as const)(
    'by %s brings in exactly the branch, and closes what the text says it fixes',
    async (merge_method) => {
      const issue = await at.github.as('alice').openIssue({ repo: REPO, title: 'Wrong' });
      const other = await at.github.as('alice').openIssue({ repo: REPO, title: 'Mentioned' });
      const { number } = await open(
        'change',
        price('two', 'zwei'),
        `Fixes #${issue.number}, see #${other.number}`,
      );
      await at.github.as('bob').push({ repo: REPO, branch: 'change', files: price('seven', 'sieben') });
      await at.github.as('bob').push({ repo: REPO, branch: 'main', files: { 'main.txt': 'meanwhile\n' } });
      const { data } = await at.app.rest.pulls.merge({ ...WEB, pull_number: number, merge_method });
      expect((await at.github.branches(REPO)).main).toBe(data.sha);
      expect(await at.github.fileAt(REPO, 'main', 'main.txt')).toBe('meanwhile\n');
      const { data: commit } = await at.app.rest.git.getCommit({ ...WEB, commit_sha: data.sha });
      expect(commit.parents).toHaveLength(merge_method === 'merge' ? 2 : 1);
      expect(await at.github.fileAt(REPO, 'main', 'src/price.ts')).toBe(
        price('seven', 'sieben')['src/price.ts'],
      );
      const { data: pull } = await at.app.rest.pulls.get({ ...WEB, pull_number: number });
      expect(pull).toMatchObject({
        merged: true,
        state: 'closed',
        merge_commit_sha: data.sha,
        merged_by: { login: 'conductor[bot]' },
      });
      expect([at.github.issue(REPO, issue.number).state, at.github.issue(REPO, other.number).state]).toEqual([
        'closed',
        'open',
      ]);
    },
  );

  it('takes an empty body, and refuses a head that is not the one that was seen', async () => {
    const { number } = await open();
    const stale = await answer(at.app.rest.pulls.merge({ ...WEB, pull_number: number, sha: 'a'.repeat(40) }));
    expect(stale.status).toBe(409);
    const plain = await fetch(`${at.github.url}/repos/acme/web/pulls/${number}/merge`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${at.github.userToken('bob')}` },
    });
    expect(plain.status).toBe(200);
  });

  it('waits for what the protected branch asks for, and so do direct pushes', async () => {
    const { github, app } = at;
    const { number } = await open();
    await github.as('alice').protect({ repo: REPO, checks: ['ci'], approvals: 1 });
    const merge = () => answer(app.rest.pulls.merge({ ...WEB, pull_number: number }));
    const { data } = await app.rest.pulls.get({ ...WEB, pull_number: number });
    expect(data.mergeable_state).toBe('blocked');
    expect(await merge()).toMatchObject({
      status: 405,
      message: expect.stringContaining('approving review'),
    });
    await github.as('alice').review({ repo: REPO, number, event: 'APPROVE' });
    expect(await merge()).toMatchObject({ status: 405, message: 'Required status check "ci" is expected.' });
    const sha = data.head.sha;
    expect(await answer(app.rest.git.updateRef({ ...WEB, ref: 'heads/main', sha }))).toMatchObject({
      status: 422,
      message: expect.stringContaining('Protected branch update failed'),
    });
    await app.rest.checks.create({ ...WEB, name: 'ci', head_sha: sha, conclusion: 'success' });
    expect((await merge()).status).toBe(200);
  });

  it('closes what a commit says it fixes, once it reaches the default branch', async () => {
    const { number } = await at.github.as('alice').openIssue({ repo: REPO, title: 'Wrong' });
    const push = (branch: string) =>
      at.github
        .as('bob')
        .push({ repo: REPO, branch, files: { [branch]: 'x' }, message: `Repair\n\nFixes #${number}` });
    await push('change');
    expect(at.github.issue(REPO, number).state).toBe('open');
    await push('main');
    expect(at.github.issue(REPO, number)).toMatchObject({ state: 'closed', state_reason: 'completed' });
  });

  it('by a push of the same commits marks the pull request merged', async () => {
    const { number } = await open();
    const { change } = await at.github.branches(REPO);
    await at.app.rest.git.updateRef({ ...WEB, ref: 'heads/main', sha: change! });
    expect((await at.github.pull(REPO, number)).merged).toBe(true);
  });

  it('freezes head and base: later pushes do not move a closed pull request', async () => {
    const { number } = await open();
    const before = await at.github.pull(REPO, number);
    await at.github.as('bob').merge({ repo: REPO, number });
    await at.github.as('bob').push({ repo: REPO, branch: 'change', files: { later: 'x' } });
    const after = await at.github.pull(REPO, number);
    expect([after.head.sha, after.base.sha]).toEqual([before.head.sha, before.base.sha]);
  });
});

describe('from a fork', () => {
  it('names its own repository as head, follows pushes there, and is kept as refs/pull/N/head here', async () => {
    const { github, app } = at;
    await github.fork({ repository: REPO, owner: 'eve' });
    await github.as('eve').push({ repo: 'eve/web', branch: 'patch', files: price('one', 'eins') });
    const { number } = await github
      .as('eve')
      .openPull({ repo: REPO, head: 'eve:patch', title: 'From outside' });
    const { sha } = await github
      .as('eve')
      .push({ repo: 'eve/web', branch: 'patch', files: { 'more.txt': 'm\n' } });
    const { data } = await app.rest.pulls.get({ ...WEB, pull_number: number });
    expect(data.head).toMatchObject({ label: 'eve:patch', sha, repo: { full_name: 'eve/web', fork: true } });
    const { data: ref } = await app.rest.git.getRef({ ...WEB, ref: `pull/${number}/head` });
    expect(ref.object.sha).toBe(sha);
    const { data: list } = await app.rest.pulls.list({ ...WEB, head: 'eve:patch' });
    expect(list.map((pull) => pull.number)).toEqual([number]);
    await github.as('bob').merge({ repo: REPO, number });
    expect(await github.fileAt(REPO, 'main', 'more.txt')).toBe('m\n');
  });
});
