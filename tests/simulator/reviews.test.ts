import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Arranged, answer, arrange, FILES, octokit, REPO, WEB } from './arrange.ts';

let at: Arranged;
let number: number;
const changed = FILES['src/price.ts'].replace('three', 'drei');

beforeAll(async () => {
  at = await arrange();
  await at.github.as('bob').push({ repo: REPO, branch: 'change', files: { 'src/price.ts': changed } });
  ({ number } = await at.github.as('bob').openPull({ repo: REPO, head: 'change', title: 'A change' }));
});
afterAll(() => at.github.close());

const review = (body: object) =>
  answer(at.app.rest.pulls.createReview({ ...WEB, pull_number: number, ...body }));
const lines = async () => (await at.app.rest.pulls.listReviewComments({ ...WEB, pull_number: number })).data;

describe('a review', () => {
  it('is not given by the author, except as a comment', async () => {
    const bob = octokit(at.github, at.github.userToken('bob'));
    const own = (event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT') =>
      answer(bob.rest.pulls.createReview({ ...WEB, pull_number: number, event, body: 'x' }));
    expect(await own('APPROVE')).toMatchObject({
      status: 422,
      errors: ['Can not approve your own pull request'],
    });
    expect((await own('REQUEST_CHANGES')).status).toBe(422);
    expect((await own('COMMENT')).status).toBe(200);
  });

  it('places its comments on lines of the diff, with the hunk down to the line', async () => {
    const made = await review({
      event: 'COMMENT',
      body: 'see',
      comments: [{ path: 'src/price.ts', start_line: 2, line: 3, side: 'RIGHT', body: 'why?' }],
    });
    expect(made.status).toBe(200);
    const [comment] = await lines();
    expect(comment).toMatchObject({
      path: 'src/price.ts',
      line: 3,
      start_line: 2,
      side: 'RIGHT',
      start_side: 'RIGHT',
      pull_request_review_id: (made.body as { id: number }).id,
    });
    expect(comment?.diff_hunk).toBe('@@ -1,6 +1,6 @@\n one\n two\n-three\n+drei');
    expect(comment?.position).toBe(4);
  });

  it('is made whole or not at all: one comment out of place refuses it', async () => {
    const before = at.github.reviews(REPO, number).length;
    const at3 = { path: 'src/price.ts', line: 3, body: 'fine' };
    const outside = await review({
      event: 'COMMENT',
      comments: [at3, { path: 'src/price.ts', line: 99, body: 'lost' }],
    });
    expect(outside).toMatchObject({ status: 422, errors: ['Line could not be resolved'] });
    const elsewhere = await review({
      event: 'COMMENT',
      comments: [at3, { path: 'README.md', line: 1, body: 'lost' }],
    });
    expect(elsewhere).toMatchObject({ status: 422, errors: ['Path could not be resolved'] });
    expect(at.github.reviews(REPO, number)).toHaveLength(before);
  });

  it('can be dismissed, and an approval no longer counts then', async () => {
    const { id } = await at.github.as('alice').review({ repo: REPO, number, event: 'APPROVE' });
    await at.app.rest.pulls.dismissReview({
      ...WEB,
      pull_number: number,
      review_id: id,
      message: 'the tree changed',
    });
    expect(at.github.reviews(REPO, number).at(-1)).toMatchObject({ id, state: 'DISMISSED' });
    expect(
      (
        await answer(
          at.app.rest.pulls.dismissReview({ ...WEB, pull_number: number, review_id: id, message: 'again' }),
        )
      ).status,
    ).toBe(422);
  });

  it('that is pending is seen by its author alone, until it is submitted', async () => {
    const begun = await review({ comments: [{ path: 'src/price.ts', line: 3, body: 'later' }] });
    const { id } = begun.body as { id: number };
    expect(begun.body).toMatchObject({ state: 'PENDING' });
    expect(await review({ body: 'a second one' })).toMatchObject({
      status: 422,
      errors: ['User can only have one pending review per pull request'],
    });
    const bob = octokit(at.github, at.github.userToken('bob'));
    const seen = async (client = at.app) =>
      (await client.rest.pulls.listReviews({ ...WEB, pull_number: number })).data.map((one) => one.id);
    expect([(await seen()).includes(id), (await seen(bob)).includes(id)]).toEqual([true, false]);
    expect((await lines()).filter(({ body }) => body === 'later')).toEqual([]);
    const events = at.github.events.length;
    await at.app.rest.pulls.submitReview({ ...WEB, pull_number: number, review_id: id, event: 'COMMENT' });
    await at.github.settled();
    expect((await seen(bob)).includes(id)).toBe(true);
    expect(at.github.events.slice(events).map(({ event, action }) => `${event}.${action}`)).toEqual([
      'pull_request_review.submitted',
      'pull_request_review_comment.created',
    ]);
  });

  it('that is pending can be thrown away', async () => {
    const { id } = (await review({ body: 'no' })).body as { id: number };
    await at.app.rest.pulls.deletePendingReview({ ...WEB, pull_number: number, review_id: id });
    expect(at.github.reviews(REPO, number).map((one) => one.id)).not.toContain(id);
  });
});

describe('comments on lines', () => {
  it('can be on the old side, answered, and the answers hang on the first comment', async () => {
    const { head } = await at.github.pull(REPO, number);
    const { data: asked } = await at.app.rest.pulls.createReviewComment({
      ...WEB,
      pull_number: number,
      body: 'gone?',
      commit_id: head.sha,
      path: 'src/price.ts',
      line: 3,
      side: 'LEFT',
    });
    expect(asked.diff_hunk).toBe('@@ -1,6 +1,6 @@\n one\n two\n-three');
    const { data: reply } = await at.app.rest.pulls.createReplyForReviewComment({
      ...WEB,
      pull_number: number,
      comment_id: asked.id,
      body: 'yes',
    });
    const { data: again } = await at.app.request('POST /repos/{owner}/{repo}/pulls/{pull_number}/comments', {
      ...WEB,
      pull_number: number,
      in_reply_to: reply.id,
      body: 'ok',
    } as never);
    expect([reply.in_reply_to_id, (again as { in_reply_to_id: number }).in_reply_to_id]).toEqual([
      asked.id,
      asked.id,
    ]);
  });

  it('outside of the diff are refused by field', async () => {
    const { head } = await at.github.pull(REPO, number);
    const lost = await answer(
      at.app.rest.pulls.createReviewComment({
        ...WEB,
        pull_number: number,
        body: 'x',
        commit_id: head.sha,
        path: 'src/price.ts',
        line: 99,
        side: 'RIGHT',
      }),
    );
    expect(lost).toMatchObject({ status: 422, errors: [{ field: 'pull_request_review_thread.line' }] });
  });

  it('move with their line, and are outdated once it changes', async () => {
    await at.github
      .as('bob')
      .push({ repo: REPO, branch: 'change', files: { 'src/price.ts': `zero\n${changed}` } });
    const [moved] = await lines();
    expect([moved?.line, moved?.original_line]).toEqual([4, 3]);
    await at.github
      .as('bob')
      .push({ repo: REPO, branch: 'change', files: { 'src/price.ts': changed.replace('drei', 'trois') } });
    const [outdated] = await lines();
    expect([outdated?.line, outdated?.position, outdated?.original_line]).toEqual([null, null, 3]);
  });
});

describe('requested reviewers', () => {
  it('are collaborators other than the author, and are crossed off when they review', async () => {
    const request = (reviewers: string[]) =>
      answer(at.app.rest.pulls.requestReviewers({ ...WEB, pull_number: number, reviewers }));
    expect((await request(['eve'])).status).toBe(422);
    expect((await request(['bob'])).status).toBe(422);
    expect((await request(['alice'])).status).toBe(201);
    expect((await at.github.pull(REPO, number)).requested_reviewers?.map(({ login }) => login)).toEqual([
      'alice',
    ]);
    await at.github.as('alice').review({ repo: REPO, number, event: 'APPROVE' });
    expect((await at.github.pull(REPO, number)).requested_reviewers).toEqual([]);
  });
});
