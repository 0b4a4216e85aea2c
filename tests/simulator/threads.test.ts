import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Arranged, answer, arrange, octokit, REPO, WEB } from './arrange.ts';

let at: Arranged;
beforeAll(async () => {
  at = await arrange();
});
afterAll(() => at.github.close());

describe('issues', () => {
  it('share one numbering with pull requests, which answer as issues too', async () => {
    const { github, app } = at;
    const first = await github.as('alice').openIssue({ repo: REPO, title: 'An issue' });
    await github.as('bob').push({ repo: REPO, branch: 'change', files: { 'new.txt': 'new\n' } });
    const pull = await github.as('bob').openPull({ repo: REPO, head: 'change', title: 'A change' });
    const third = await github.as('alice').openIssue({ repo: REPO, title: 'Another' });
    expect([first.number, pull.number, third.number]).toEqual([1, 2, 3]);
    const { data } = await app.rest.issues.get({ ...WEB, issue_number: 2 });
    expect(data.pull_request?.url).toBe(`${github.url}/repos/acme/web/pulls/2`);
    expect((await answer(app.rest.pulls.get({ ...WEB, pull_number: 1 }))).status).toBe(404);
  });

  it('keep labels and assignees of those who may set them, and drop those of others in silence', async () => {
    const { data: ours } = await at.app.rest.issues.create({
      ...WEB,
      title: 'x',
      labels: ['bug', 'brand new'],
      assignees: ['bob'],
    });
    expect(ours.labels.map((label) => (label as { name: string }).name)).toEqual(['bug', 'brand new']);
    expect(ours.assignees?.map(({ login }) => login)).toEqual(['bob']);
    const eve = octokit(at.github, at.github.userToken('eve'));
    const { data: hers } = await eve.rest.issues.create({
      ...WEB,
      title: 'y',
      labels: ['bug'],
      assignees: ['bob'],
    });
    expect([hers.labels, hers.assignees]).toEqual([[], []]);
  });

  it('are not edited by outsiders, unless they wrote them', async () => {
    const mine = await at.github.as('eve').openIssue({ repo: REPO, title: 'mine' });
    const eve = octokit(at.github, at.github.userToken('eve'));
    expect(
      (await answer(eve.rest.issues.update({ ...WEB, issue_number: mine.number, title: 'better' }))).status,
    ).toBe(200);
    expect((await answer(eve.rest.issues.update({ ...WEB, issue_number: 1, title: 'worse' }))).status).toBe(
      403,
    );
  });
});

describe('comments', () => {
  it('are at most 65,536 characters long and never blank', async () => {
    const comment = (body: string) =>
      answer(at.app.rest.issues.createComment({ ...WEB, issue_number: 1, body }));
    expect((await comment('x'.repeat(65_536))).status).toBe(201);
    const long = await comment('x'.repeat(65_537));
    expect([long.status, long.errors]).toEqual([
      422,
      [expect.objectContaining({ resource: 'IssueComment', field: 'body' })],
    ]);
    expect((await comment('  ')).status).toBe(422);
  });

  it('say who wrote them and through which App', async () => {
    const { data } = await at.app.rest.issues.createComment({ ...WEB, issue_number: 1, body: 'hello' });
    expect(data.user).toMatchObject({ login: 'conductor[bot]', type: 'Bot' });
    expect(data.performed_via_github_app?.slug).toBe('conductor');
    const { id } = await at.github.as('bob').comment({ repo: REPO, number: 1, body: 'hi' });
    const { data: his } = await at.app.rest.issues.getComment({ ...WEB, comment_id: id });
    expect([his.author_association, his.performed_via_github_app]).toEqual(['COLLABORATOR', null]);
  });

  it('belong to their author: another outsider may not edit or delete them', async () => {
    const { id } = await at.github.as('bob').comment({ repo: REPO, number: 1, body: 'mine' });
    const eve = octokit(at.github, at.github.userToken('eve'));
    expect(
      (await answer(eve.rest.issues.updateComment({ ...WEB, comment_id: id, body: 'hers' }))).status,
    ).toBe(403);
    expect((await answer(eve.rest.issues.deleteComment({ ...WEB, comment_id: id }))).status).toBe(403);
    await at.github.as('bob').deleteComment({ repo: REPO, id });
    expect((await answer(at.app.rest.issues.getComment({ ...WEB, comment_id: id }))).status).toBe(404);
  });

  it('on a pull request need issues or pull_requests; on an issue, issues', async () => {
    const narrow = octokit(at.github, at.github.jobToken(REPO, { pull_requests: 'write' }));
    expect(
      (await answer(narrow.rest.issues.createComment({ ...WEB, issue_number: 2, body: 'x' }))).status,
    ).toBe(201);
    expect(
      (await answer(narrow.rest.issues.createComment({ ...WEB, issue_number: 1, body: 'x' }))).status,
    ).toBe(403);
  });

  it('on a locked thread are for people who may write; Apps and jobs are refused like strangers', async () => {
    const { github, app } = at;
    const { number } = await github.as('alice').openIssue({ repo: REPO, title: 'heated' });
    await github.as('alice').lock({ repo: REPO, number });
    const eve = octokit(github, github.userToken('eve'));
    for (const client of [eve, app]) {
      const refused = await answer(
        client.rest.issues.createComment({ ...WEB, issue_number: number, body: 'x' }),
      );
      expect([refused.status, refused.message]).toEqual([
        403,
        'Unable to create comment because issue is locked.',
      ]);
    }
    await github.as('bob').comment({ repo: REPO, number, body: 'I may' });
    await app.rest.issues.unlock({ ...WEB, issue_number: number });
    await app.rest.issues.createComment({ ...WEB, issue_number: number, body: 'now I may' });
    expect(github.comments(REPO, number).map(({ body }) => body)).toEqual(['I may', 'now I may']);
  });
});

describe('reactions', () => {
  it('are made once: the same again is 200 with the first', async () => {
    const { id } = await at.github.as('alice').comment({ repo: REPO, number: 1, body: '@conductor fix' });
    const react = () =>
      at.app.rest.reactions.createForIssueComment({ ...WEB, comment_id: id, content: 'eyes' });
    const [first, second] = [await react(), await react()];
    expect([first.status, second.status, second.data.id]).toEqual([201, 200, first.data.id]);
    await at.github.as('bob').react({ repo: REPO, comment: id, content: 'eyes' });
    expect(at.github.reactions(REPO, 1, id).map(({ user }) => user?.login)).toEqual([
      'conductor[bot]',
      'bob',
    ]);
    const { data } = await at.app.rest.issues.getComment({ ...WEB, comment_id: id });
    expect(data.reactions).toMatchObject({ eyes: 2, total_count: 2 });
  });

  it('other than the eight are refused, and nobody takes away those of others', async () => {
    const { id } = await at.github.as('alice').comment({ repo: REPO, number: 1, body: 'x' });
    const odd = at.app.request('POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions', {
      ...WEB,
      comment_id: id,
      content: 'tada' as 'eyes',
    });
    expect((await answer(odd)).status).toBe(422);
    await at.github.as('bob').react({ repo: REPO, comment: id, content: '+1' });
    const [reaction] = at.github.reactions(REPO, 1, id);
    const remove = at.app.rest.reactions.deleteForIssueComment({
      ...WEB,
      comment_id: id,
      reaction_id: reaction!.id,
    });
    expect((await answer(remove)).status).toBe(403);
  });
});
