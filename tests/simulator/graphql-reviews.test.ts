import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, FILES, REPO, WEB } from './arrange.ts';
import { arrangeTwins, type Twins } from './twins.ts';

let twins: Twins;
let pull: string;
const number = 1;
const changed = FILES['src/price.ts'].replace('three', 'drei');

beforeAll(async () => {
  twins = await arrangeTwins();
  await twins.both(async ({ github }) => {
    await github.as('bob').push({ repo: REPO, branch: 'change', files: { 'src/price.ts': changed } });
    await github.as('bob').openPull({ repo: REPO, head: 'change', title: 'A change' });
  });
  pull = (await twins.graphql.github.pull(REPO, number)).node_id;
});
afterAll(() => twins.close());

const THREADS = `query ($id: ID!) { node(id: $id) { ... on PullRequest {
  reviewThreads(first: 9) { nodes { id isResolved isOutdated path line startLine diffSide viewerCanResolve resolvedBy { login }
    comments(first: 9) { nodes { databaseId body path diffHunk line originalLine outdated replyTo { databaseId } pullRequestReview { databaseId state } author { login } } } } }
  reviews(first: 9) { nodes { databaseId state body submittedAt author { login } commit { oid } } } } } }`;
const threads = async () => (await ask(twins.graphql, THREADS, { id: pull })).data.node.reviewThreads.nodes;

describe('a review', () => {
  it('with comments on lines is the one that REST would have made', async () => {
    const data = await twins.twin(
      (app) =>
        app.rest.pulls.createReview({
          ...WEB,
          pull_number: number,
          event: 'REQUEST_CHANGES',
          body: 'see',
          comments: [
            {
              path: 'src/price.ts',
              start_line: 2,
              line: 3,
              side: 'RIGHT',
              start_side: 'RIGHT',
              body: 'why?',
            },
          ],
        }),
      `mutation ($id: ID!) { addPullRequestReview(input: { pullRequestId: $id, event: REQUEST_CHANGES, body: "see",
        threads: [{ path: "src/price.ts", startLine: 2, line: 3, side: RIGHT, body: "why?" }] }) {
        pullRequestReview { id state body comments(first: 3) { nodes { body } } } } }`,
      { id: pull },
    );
    expect(data.addPullRequestReview).toEqual({
      pullRequestReview: {
        id: twins.graphql.github.reviews(REPO, number)[0]?.node_id,
        state: 'CHANGES_REQUESTED',
        body: 'see',
        comments: { nodes: [{ body: 'why?' }] },
      },
    });
  });

  it('is made whole or not at all, and not by who may only read', async () => {
    const add = (thread: string, token?: string) =>
      ask(
        twins.graphql,
        `mutation ($id: ID!) { addPullRequestReview(input: { pullRequestId: $id, event: COMMENT, threads: [${thread}] }) { clientMutationId } }`,
        { id: pull },
        token,
      );
    expect((await add('{ path: "src/price.ts", line: 99, body: "x" }')).errors).toMatchObject([
      { type: 'UNPROCESSABLE', message: 'Line could not be resolved' },
    ]);
    const reader = await twins.graphql.app.auth({
      type: 'installation',
      permissions: { pull_requests: 'read' },
    });
    expect((await add('', (reader as { token: string }).token)).errors[0]?.type).toBe('FORBIDDEN');
    expect(twins.graphql.github.reviews(REPO, number)).toHaveLength(1);
  });

  it('can be gathered first: threads wait in a pending review until it is submitted', async () => {
    const begun = await ask(
      twins.graphql,
      `mutation ($id: ID!) { first: addPullRequestReviewThread(input: { pullRequestId: $id, path: "src/price.ts", line: 3, body: "one" }) { thread { id comments(first: 1) { nodes { body pullRequestReview { state id } } } } }
        second: addPullRequestReviewThread(input: { pullRequestId: $id, path: "src/price.ts", line: 3, side: LEFT, body: "two" }) { thread { diffSide } } }`,
      { id: pull },
    );
    expect(begun.errors).toEqual([]);
    expect(begun.data.second.thread.diffSide).toBe('LEFT');
    const { pullRequestReview } = begun.data.first.thread.comments.nodes[0];
    expect(pullRequestReview.state).toBe('PENDING');
    expect(await threads()).toHaveLength(1);
    const hidden = await ask(
      twins.graphql,
      'query ($id: ID!) { node(id: $id) { id } }',
      { id: pullRequestReview.id },
      twins.graphql.github.userToken('alice'),
    );
    expect(hidden.errors[0]?.type).toBe('NOT_FOUND');
    const submitted = await ask(
      twins.graphql,
      'mutation ($id: ID!) { submitPullRequestReview(input: { pullRequestReviewId: $id, event: COMMENT }) { pullRequestReview { state } } }',
      { id: pullRequestReview.id },
    );
    expect(submitted.data.submitPullRequestReview.pullRequestReview.state).toBe('COMMENTED');
    expect((await threads()).map(({ line }: { line: number }) => line)).toEqual([3, 3, 3]);
    await twins.rest.app.rest.pulls.createReview({
      ...WEB,
      pull_number: number,
      event: 'COMMENT',
      comments: [
        { path: 'src/price.ts', line: 3, side: 'RIGHT', body: 'one' },
        { path: 'src/price.ts', line: 3, side: 'LEFT', body: 'two' },
      ],
    });
  });
});

describe('a review thread', () => {
  it('is answered as by REST', async () => {
    const [{ id, comments }] = await threads();
    const asked = comments.nodes[0].databaseId;
    const data = await twins.twin(
      (app) =>
        app.rest.pulls.createReplyForReviewComment({
          ...WEB,
          pull_number: number,
          comment_id: asked,
          body: 'because',
        }),
      'mutation ($id: ID!) { addPullRequestReviewThreadReply(input: { pullRequestReviewThreadId: $id, body: "because" }) { comment { body author { login } replyTo { databaseId } } } }',
      { id },
    );
    expect(data.addPullRequestReviewThreadReply).toEqual({
      comment: { body: 'because', author: { login: 'conductor' }, replyTo: { databaseId: asked } },
    });
  });

  it('is resolved and opened again, and its webhook says so', async () => {
    const { github } = twins.graphql;
    const [{ id }] = await threads();
    const set = (name: string, token?: string) =>
      ask(
        twins.graphql,
        `mutation ($id: ID!) { ${name}(input: { threadId: $id }) { thread { isResolved } } }`,
        { id },
        token,
      );
    expect((await set('resolveReviewThread', github.userToken('eve'))).errors).toMatchObject([
      {
        type: 'FORBIDDEN',
        message: 'eve does not have the correct permissions to execute `ResolveReviewThread`',
      },
    ]);
    expect((await set('resolveReviewThread')).data.resolveReviewThread.thread.isResolved).toBe(true);
    await set('resolveReviewThread');
    expect((await threads())[0]).toMatchObject({
      isResolved: true,
      viewerCanResolve: false,
      resolvedBy: { login: 'conductor[bot]' },
    });
    await set('unresolveReviewThread');
    await github.settled();
    const told = github.events.filter(({ event }) => event === 'pull_request_review_thread');
    expect(told.map(({ action }) => action)).toEqual(['resolved', 'unresolved']);
    expect(told[0]?.payload).toMatchObject({
      thread: { node_id: id, comments: [{ body: 'why?' }, { body: 'because' }] },
      pull_request: { number },
    });
  });

  it('is outdated once its line has changed', async () => {
    expect((await threads())[0]).toMatchObject({
      path: 'src/price.ts',
      line: 3,
      startLine: 2,
      diffSide: 'RIGHT',
      isOutdated: false,
    });
    await twins.both(({ github }) =>
      github
        .as('bob')
        .push({ repo: REPO, branch: 'change', files: { 'src/price.ts': changed.replace('drei', 'trois') } }),
    );
    const [thread] = await threads();
    expect(thread).toMatchObject({ line: null, isOutdated: true });
    expect(thread.comments.nodes[0]).toMatchObject({ line: null, originalLine: 3, outdated: true });
  });
});
