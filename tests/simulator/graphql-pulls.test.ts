import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, FILES, octokit, REPO, WEB } from './arrange.ts';
import { arrangeTwins, type Twins } from './twins.ts';

let twins: Twins;
let repositoryId: string;
const changed = FILES['src/price.ts'].replace('three', 'drei');

beforeAll(async () => {
  twins = await arrangeTwins();
  await twins.both(async ({ github }) => {
    await github.as('alice').openIssue({ repo: REPO, title: 'A bug' });
    for (const branch of ['one', 'two', 'three'])
      await github
        .as('bob')
        .push({ repo: REPO, branch, files: { 'src/price.ts': changed, [branch]: branch } });
  });
  ({
    data: {
      repository: { id: repositoryId },
    },
  } = await ask(twins.graphql, '{ repository(owner: "acme", name: "web") { id } }'));
});
afterAll(() => twins.close());

const CREATE = `mutation ($input: CreatePullRequestInput!) { createPullRequest(input: $input) { pullRequest {
  id fullDatabaseId number title body isDraft state url headRefName headRefOid baseRefName mergeable mergeStateStatus
  headRepository { databaseId } isCrossRepository author { login }
  files(first: 9) { nodes { path additions deletions changeType } }
  commits(last: 1) { totalCount nodes { commit { messageHeadline author { user { login } } statusCheckRollup { state } } } }
  closingIssuesReferences(first: 5) { nodes { number } } reviewDecision } } }`;
const input = (headRefName: string, more: object = {}) => ({
  input: {
    repositoryId,
    baseRefName: 'main',
    headRefName,
    title: headRefName,
    body: 'Fixes #1',
    draft: true,
    ...more,
  },
});
const pull = (number: number) => twins.graphql.github.pull(REPO, number);
const idOf = async (number: number) => (await pull(number)).node_id;

describe('a pull request', () => {
  it('opened by GraphQL is the one that REST would have opened', async () => {
    const data = await twins.twin(
      async (app) => {
        const wish = { title: 'one', body: 'Fixes #1', head: 'one', base: 'main', draft: true };
        const { data: made } = await app.rest.pulls.create({ ...WEB, ...wish });
        // To ask whether it can be merged is to have the merge tried.
        await app.rest.pulls.get({ ...WEB, pull_number: made.number });
      },
      CREATE,
      input('one'),
    );
    const { id, node_id, head, html_url } = await pull(2);
    expect(data.createPullRequest).toEqual({
      pullRequest: {
        id: node_id,
        fullDatabaseId: String(id),
        number: 2,
        title: 'one',
        body: 'Fixes #1',
        isDraft: true,
        state: 'OPEN',
        url: html_url,
        headRefName: 'one',
        headRefOid: head.sha,
        baseRefName: 'main',
        mergeable: 'MERGEABLE',
        mergeStateStatus: 'DRAFT',
        headRepository: { databaseId: head.repo.id },
        isCrossRepository: false,
        author: { login: 'conductor' },
        files: {
          nodes: [
            { path: 'one', additions: 1, deletions: 0, changeType: 'ADDED' },
            { path: 'src/price.ts', additions: 1, deletions: 1, changeType: 'MODIFIED' },
          ],
        },
        commits: {
          totalCount: 1,
          nodes: [
            {
              commit: {
                messageHeadline: 'Change src/price.ts, one',
                author: { user: { login: 'bob' } },
                statusCheckRollup: null,
              },
            },
          ],
        },
        closingIssuesReferences: { nodes: [{ number: 1 }] },
        reviewDecision: null,
      },
    });
  });

  it.each([
    [input('one'), 'A pull request already exists for acme:one.'],
    [
      input('nope'),
      "Head sha can't be blank, Base sha can't be blank, No commits between main and nope, Head ref must be a branch",
    ],
    [input('main'), 'No commits between main and main'],
  ])('is not opened twice, from nowhere, or without a commit', (variables, message) => {
    // The repository's id is known when the tests run, not when they are listed.
    const known = { input: { ...variables.input, repositoryId } };
    return expect(ask(twins.graphql, CREATE, known)).resolves.toMatchObject({
      data: { createPullRequest: null },
      errors: [{ type: 'UNPROCESSABLE', message, path: ['createPullRequest'] }],
    });
  });

  it('is edited, closed and opened again as by REST', async () => {
    const id = await idOf(2);
    const path = { ...WEB, pull_number: 2 };
    await twins.twin(
      (app) => app.rest.pulls.update({ ...path, title: 'Round up', body: 'Fixes #1.' }),
      'mutation ($id: ID!) { updatePullRequest(input: { pullRequestId: $id, title: "Round up", body: "Fixes #1." }) { actor { login } pullRequest { title lastEditedAt } } }',
      { id },
    );
    await twins.twin(
      (app) => app.rest.pulls.update({ ...path, state: 'closed' }),
      'mutation ($id: ID!) { closePullRequest(input: { pullRequestId: $id }) { pullRequest { state } } }',
      { id },
    );
    await twins.twin(
      (app) => app.rest.pulls.update({ ...path, state: 'open' }),
      'mutation ($id: ID!) { reopenPullRequest(input: { pullRequestId: $id }) { pullRequest { state } } }',
      { id },
    );
  });

  it('is marked ready and made a draft again, which REST cannot', async () => {
    const id = await idOf(2);
    const change = (name: string, token?: string) =>
      ask(
        twins.graphql,
        `mutation ($id: ID!) { ${name}(input: { pullRequestId: $id }) { pullRequest { isDraft } } }`,
        { id },
        token,
      );
    const eve = await change('markPullRequestReadyForReview', twins.graphql.github.userToken('eve'));
    expect(eve.errors[0]?.message).toBe(
      'eve does not have the correct permissions to execute `MarkPullRequestReadyForReview`',
    );
    await change('markPullRequestReadyForReview');
    expect(
      (await change('convertPullRequestToDraft')).data.convertPullRequestToDraft.pullRequest.isDraft,
    ).toBe(true);
    await change('markPullRequestReadyForReview');
    await twins.rest.github.setDraft('alice', REPO, 2, false);
    await twins.graphql.github.settled();
    expect(twins.graphql.github.events.slice(-3).map(({ event, action }) => `${event}.${action}`)).toEqual([
      'pull_request.ready_for_review',
      'pull_request.converted_to_draft',
      'pull_request.ready_for_review',
    ]);
  });

  it('asks for reviewers, and asks those no longer who are not named again', async () => {
    const id = await idOf(2);
    const { data } = await ask(
      twins.graphql,
      '{ repository(owner: "acme", name: "web") { collaborators(first: 9) { nodes { id login } } } }',
    );
    const ids = new Map(
      data.repository.collaborators.nodes.map((one: { login: string; id: string }) => [one.login, one.id]),
    );
    const request = async (logins: string[], union: boolean) =>
      (
        await ask(
          twins.graphql,
          'mutation ($id: ID!, $users: [ID!], $union: Boolean) { requestReviews(input: { pullRequestId: $id, userIds: $users, union: $union }) { pullRequest { reviewRequests(first: 9) { nodes { requestedReviewer { ... on User { login } } } } } } }',
          { id, users: logins.map((login) => ids.get(login)), union },
        )
      ).data.requestReviews.pullRequest.reviewRequests.nodes.map(
        (node: { requestedReviewer: { login: string } }) => node.requestedReviewer.login,
      );
    expect(await request(['alice'], false)).toEqual(['alice']);
    expect(await request(['bob'], true)).toEqual(['alice', 'bob']);
    expect(await request(['bob'], false)).toEqual(['bob']);
  });
});

describe('merging', () => {
  const MERGE =
    'mutation ($id: ID!, $head: GitObjectID) { mergePullRequest(input: { pullRequestId: $id, expectedHeadOid: $head, mergeMethod: SQUASH, commitHeadline: "Two" }) { pullRequest { merged state mergeCommit { message signature { wasSignedByGitHub } } } } }';

  it('is the merge of REST, only at the head that was meant', async () => {
    await twins.both(({ app }) => app.rest.pulls.create({ ...WEB, head: 'two', base: 'main', title: 'two' }));
    const { node_id: id, head, number } = (await twins.graphql.github.pulls(REPO)).at(-1)!;
    expect((await ask(twins.graphql, MERGE, { id, head: 'f'.repeat(40) })).errors).toMatchObject([
      { type: 'UNPROCESSABLE', message: 'Head branch was modified. Review and try the merge again.' },
    ]);
    // The other world differs by reviewers and a draft that REST has no twin for: here only the merge is compared.
    await twins.rest.app.rest.pulls.merge({
      ...WEB,
      pull_number: number,
      merge_method: 'squash',
      commit_title: 'Two',
    });
    const { data } = await ask(twins.graphql, MERGE, { id, head: head.sha });
    expect(data.mergePullRequest.pullRequest).toMatchObject({
      merged: true,
      state: 'MERGED',
      mergeCommit: { message: 'Two', signature: { wasSignedByGitHub: true } },
    });
    expect((await twins.graphql.github.branches(REPO)).main).toBe(
      (await twins.rest.github.branches(REPO)).main,
    );
  });

  it('can be taken back by a pull request of its own', async () => {
    const { node_id: id, number } = (await twins.graphql.github.pulls(REPO)).at(-1)!;
    const REVERT =
      'mutation ($id: ID!) { revertPullRequest(input: { pullRequestId: $id }) { pullRequest { number } revertPullRequest { number title body headRefName files(first: 9) { nodes { path changeType } } } } }';
    const { data } = await ask(twins.graphql, REVERT, { id });
    expect(data.revertPullRequest).toEqual({
      pullRequest: { number },
      revertPullRequest: {
        number: number + 1,
        title: 'Revert "two"',
        body: `Reverts acme/web#${number}`,
        headRefName: `revert-${number}-two`,
        files: {
          nodes: [
            { path: 'src/price.ts', changeType: 'MODIFIED' },
            { path: 'two', changeType: 'DELETED' },
          ],
        },
      },
    });
    expect((await ask(twins.graphql, REVERT, { id: await idOf(2) })).errors[0]?.message).toBe(
      'Pull request is not merged, and cannot be reverted.',
    );
    expect((await ask(twins.graphql, REVERT, { id })).errors[0]?.message).toBe('Reference already exists');
  });
});

describe('auto-merge', () => {
  const ENABLE =
    'mutation ($id: ID!) { enablePullRequestAutoMerge(input: { pullRequestId: $id, mergeMethod: SQUASH }) { pullRequest { autoMergeRequest { mergeMethod enabledBy { login } } } } }';

  it('is refused where the repository does not allow it', async () => {
    expect((await ask(twins.graphql, ENABLE, { id: await idOf(2) })).errors[0]?.message).toBe(
      'Auto merge is not allowed for this repository',
    );
  });

  it('waits for what the branch requires, and is refused when nothing holds the pull request', async () => {
    const { github, app } = twins.graphql;
    await github.addRepository({ owner: 'acme', name: 'auto', files: FILES, autoMergeAllowed: true });
    const AUTO = { owner: 'acme', repo: 'auto' };
    await github.as('alice').push({ repo: 'acme/auto', branch: 'change', files: { a: 'a' } });
    const { data } = await app.rest.pulls.create({ ...AUTO, head: 'change', base: 'main', title: 'x' });
    expect((await ask(twins.graphql, ENABLE, { id: data.node_id })).errors[0]?.message).toBe(
      'Pull request Pull request is in clean status',
    );
    await github.as('alice').protect({ repo: 'acme/auto', checks: ['ci'], approvals: 1 });
    const enabled = await ask(twins.graphql, ENABLE, { id: data.node_id });
    expect(enabled.data.enablePullRequestAutoMerge.pullRequest.autoMergeRequest).toEqual({
      mergeMethod: 'SQUASH',
      enabledBy: { login: 'conductor' },
    });
    const merged = async () => {
      await github.settled();
      return (await github.pull('acme/auto', data.number)).merged;
    };
    await github.as('alice').review({ repo: 'acme/auto', number: data.number, event: 'APPROVE' });
    expect(await merged()).toBe(false);
    await octokit(github, github.userToken('alice')).rest.repos.createCommitStatus({
      ...AUTO,
      sha: data.head.sha,
      state: 'success',
      context: 'ci',
    });
    expect(await merged()).toBe(true);
    expect(github.events.findLast(({ event }) => event === 'pull_request')?.action).toBe('closed');
  });
});
