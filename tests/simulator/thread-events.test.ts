import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  APP_ID,
  type Arranged,
  answer,
  arrange,
  REPO,
  type Receiver,
  startReceiver,
  undescribed,
  WEB,
} from './arrange.ts';

let at: Arranged;
let receiver: Receiver;
beforeEach(async () => {
  at = await arrange({ record: true });
  receiver = await startReceiver();
  await at.github.as('eve').openIssue({ repo: REPO, title: 'An issue' });
  await at.github.settled();
  at.github.setWebhookUrl(APP_ID, receiver.url);
});
afterEach(async () => {
  expect(undescribed(at.github)).toEqual([]);
  await at.github.close();
  receiver.close();
});

/** The names of what an App hears, and the payload of the last. */
async function heard() {
  await at.github.settled();
  return { names: receiver.names(), payload: receiver.received.at(-1)!.payload };
}

describe('what people take back', () => {
  it('a comment that is deleted is told with its text and who deleted it', async () => {
    const { id } = await at.github.as('eve').comment({ repo: REPO, number: 1, body: '@conductor fix' });
    await at.github.as('alice').deleteComment({ repo: REPO, id });
    const { names, payload } = await heard();
    expect(names).toEqual(['issue_comment.created', 'issue_comment.deleted']);
    expect(payload).toMatchObject({
      comment: { id, body: '@conductor fix', user: { login: 'eve' } },
      issue: { number: 1 },
      sender: { login: 'alice' },
      installation: { id: at.installationId },
    });
    expect((await answer(at.app.rest.issues.getComment({ ...WEB, comment_id: id }))).status).toBe(404);
  });

  it('a comment on a line that is deleted is told with its text', async () => {
    const bob = at.github.as('bob');
    await bob.push({ repo: REPO, branch: 'change', files: { 'README.md': '# Shop\n' } });
    const { number } = await bob.openPull({ repo: REPO, head: 'change', title: 'x' });
    const comments = [{ path: 'README.md', line: 1, body: '@conductor why?' }];
    await bob.review({ repo: REPO, number, event: 'COMMENT', comments });
    const [comment] = at.github.reviewComments(REPO, number);
    await bob.deleteReviewComment({ repo: REPO, id: comment!.id });
    const { names, payload } = await heard();
    expect(names.at(-1)).toBe('pull_request_review_comment.deleted');
    expect(payload).toMatchObject({ comment: { id: comment!.id, body: '@conductor why?' } });
    expect(at.github.reviewComments(REPO, number)).toEqual([]);
  });
});

describe('what people do to an issue', () => {
  it('closing, opening again, locking and unlocking it are told, each with its state', async () => {
    const alice = at.github.as('alice');
    const issue = { repo: REPO, number: 1 };
    await alice.closeIssue(issue);
    await alice.reopenIssue(issue);
    await alice.lock(issue);
    await alice.unlock(issue);
    const { names } = await heard();
    expect(names).toEqual(['issues.closed', 'issues.reopened', 'issues.locked', 'issues.unlocked']);
    expect(receiver.received.map(({ payload }) => payload)).toMatchObject([
      {
        issue: { state: 'closed', state_reason: 'completed', closed_at: expect.any(String) },
        sender: { login: 'alice' },
      },
      { issue: { state: 'open', state_reason: 'reopened', closed_at: null } },
      { issue: { locked: true } },
      { issue: { locked: false } },
    ]);
  });

  it('deleting it is told as it was; it is 410 from then on, what was said in it is gone, its number is not reused', async () => {
    const { id } = await at.github.as('eve').comment({ repo: REPO, number: 1, body: 'x' });
    await at.github.deleteIssue('alice', REPO, 1);
    const { names, payload } = await heard();
    expect(names.at(-1)).toBe('issues.deleted');
    expect(payload).toMatchObject({ issue: { number: 1, title: 'An issue' }, sender: { login: 'alice' } });
    const issue = { ...WEB, issue_number: 1 };
    expect(await answer(at.app.rest.issues.get(issue))).toMatchObject({
      status: 410,
      message: 'This issue was deleted',
    });
    expect((await answer(at.app.rest.issues.createComment({ ...issue, body: 'y' }))).status).toBe(410);
    expect((await answer(at.app.rest.issues.getComment({ ...WEB, comment_id: id }))).status).toBe(404);
    expect((await at.app.rest.issues.listForRepo({ ...WEB, state: 'all' })).data).toEqual([]);
    expect((await at.github.as('eve').openIssue({ repo: REPO, title: 'next' })).number).toBe(2);
  });

  it('deleting is for administrators, and for issues', async () => {
    const bob = at.github.as('bob');
    await expect(at.github.deleteIssue('bob', REPO, 1)).rejects.toThrow('bob does not administer acme/web');
    await bob.push({ repo: REPO, branch: 'change', files: { a: 'a' } });
    const { number } = await bob.openPull({ repo: REPO, head: 'change', title: 'x' });
    await expect(at.github.deleteIssue('alice', REPO, number)).rejects.toThrow('is not an issue');
  });
});
