import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Arranged, arrange, ask, REPO, type Told, WEB } from './arrange.ts';

let at: Arranged;
beforeAll(async () => {
  at = await arrange({ private: true });
  await at.github.as('alice').openIssue({ repo: REPO, title: 'A bug', body: 'It is.', labels: ['bug'] });
  await at.github.as('bob').comment({ repo: REPO, number: 1, body: 'me too' });
  await at.github.as('bob').push({ repo: REPO, branch: 'change', files: { a: 'a' } });
  await at.github.as('bob').openPull({ repo: REPO, head: 'change', title: 'A change', body: 'Fixes #1' });
});
afterAll(() => at.github.close());

const narrow = async (permissions: Record<string, 'read' | 'write'>) =>
  ((await at.app.auth({ type: 'installation', permissions })) as { token: string }).token;
const inWeb = async (
  fields: string,
  token?: string,
): Promise<Record<string, Told['data']> & Pick<Told, 'errors'>> => {
  const { data, errors } = await ask(
    at,
    `{ repository(owner: "acme", name: "web") { ${fields} } }`,
    {},
    token,
  );
  return { ...data.repository, errors };
};

describe('a repository', () => {
  it('says who owns it, who sees it, and what the viewer may do in it', async () => {
    const fields =
      'name nameWithOwner isPrivate visibility isEmpty owner { __typename login } viewerPermission';
    const facts = {
      name: 'web',
      nameWithOwner: 'acme/web',
      isPrivate: true,
      visibility: 'PRIVATE',
      isEmpty: false,
      owner: { __typename: 'Organization', login: 'acme' },
    };
    expect(await inWeb(fields)).toEqual({ ...facts, viewerPermission: 'WRITE', errors: [] });
    expect(await inWeb(fields, at.github.userToken('alice'))).toMatchObject({ viewerPermission: 'ADMIN' });
  });

  it('is not there for who may not see it, whatever it is asked', async () => {
    const token = at.github.userToken('eve');
    const { node_id } = at.github.issue(REPO, 1);
    const { data, errors } = await ask(
      at,
      'query ($id: ID!) { repository(owner: "acme", name: "web") { id } node(id: $id) { id } }',
      { id: node_id },
      token,
    );
    expect(data).toEqual({ repository: null, node: null });
    expect(errors.map(({ type, message }) => [type, message])).toEqual([
      ['NOT_FOUND', "Could not resolve to a Repository with the name 'acme/web'."],
      ['NOT_FOUND', `Could not resolve to a node with the global id of '${node_id}'.`],
    ]);
  });

  it('tells who works on it to those who may write, by login or by part of one', async () => {
    const fields = (args: string) =>
      `collaborators(${args}) { edges { permission node { login databaseId } } }`;
    const edges = async (args: string) =>
      (await inWeb(fields(args))).collaborators.edges.map(
        (edge: { permission: string; node: { login: string } }) => [edge.node.login, edge.permission],
      );
    expect(await edges('first: 9')).toEqual([
      ['alice', 'ADMIN'],
      ['bob', 'WRITE'],
    ]);
    expect(await edges('first: 9, query: "ob"')).toEqual([['bob', 'WRITE']]);
    expect(await edges('first: 9, login: "ob"')).toEqual([]);
    expect(await edges('first: 9, login: "BOB"')).toEqual([['bob', 'WRITE']]);
    at.github.setCollaborator(REPO, 'eve', 'read');
    const byEve = await inWeb(fields('first: 9'), at.github.userToken('eve'));
    expect(byEve).toMatchObject({
      collaborators: null,
      errors: [
        {
          type: 'FORBIDDEN',
          path: ['repository', 'collaborators'],
          message: 'You do not have permission to view repository collaborators.',
        },
      ],
    });
    at.github.setCollaborator(REPO, 'eve', 'none');
  });

  it('lists pull requests by head, base and state', async () => {
    const count = async (filter: string) =>
      (await inWeb(`pullRequests(first: 9, ${filter}) { totalCount }`)).pullRequests.totalCount;
    expect(await count('headRefName: "change"')).toBe(1);
    expect(await count('headRefName: "change", states: [OPEN, MERGED]')).toBe(1);
    expect(await count('headRefName: "change", states: [CLOSED]')).toBe(0);
    expect(await count('baseRefName: "change"')).toBe(0);
  });

  it('tells issues from pull requests', async () => {
    const { issue, pullRequest, either, pull, errors } = await inWeb(
      'issue(number: 2) { id } pullRequest(number: 1) { id } either: issueOrPullRequest(number: 1) { __typename } pull: issueOrPullRequest(number: 2) { __typename }',
    );
    expect([issue, pullRequest, either, pull]).toEqual([
      null,
      null,
      { __typename: 'Issue' },
      { __typename: 'PullRequest' },
    ]);
    expect(errors.map(({ message }) => message)).toEqual([
      'Could not resolve to an Issue with the number of 2.',
      'Could not resolve to a PullRequest with the number of 1.',
    ]);
  });
});

describe('what an App may read', () => {
  it('is what its token may read by REST, field by field', async () => {
    const { issue, pullRequest, ref, errors } = await inWeb(
      'issue(number: 1) { title } pullRequest(number: 2) { title } ref(qualifiedName: "main") { name }',
      await narrow({ issues: 'read' }),
    );
    expect([issue, pullRequest, ref]).toEqual([{ title: 'A bug' }, null, null]);
    expect(errors.map(({ type, path }) => [type, path])).toEqual([
      ['FORBIDDEN', ['repository', 'pullRequest']],
      ['FORBIDDEN', ['repository', 'ref']],
    ]);
  });
});

describe('a node id', () => {
  it('is the one that REST and webhooks carry, and leads back to the same thing', async () => {
    const { github, app } = at;
    const { main, change } = await github.branches(REPO);
    await app.rest.checks.create({ ...WEB, name: 'x', head_sha: main!, conclusion: 'success' });
    await github.as('alice').review({
      repo: REPO,
      number: 2,
      event: 'COMMENT',
      body: 'hm',
      comments: [{ path: 'a', line: 1, body: 'why?' }],
    });
    await github.as('bob').react({ repo: REPO, number: 1, content: 'eyes' });
    const status = (await app.rest.repos.createCommitStatus({ ...WEB, sha: main!, state: 'success' })).data;
    const pull = await github.pull(REPO, 2);
    const label = (await app.rest.issues.getLabel({ ...WEB, name: 'bug' })).data;
    const suites = (await app.rest.checks.listSuitesForRef({ ...WEB, ref: main! })).data.check_suites;
    const blob = (await app.rest.git.getTree({ ...WEB, tree_sha: main! })).data.tree.find(
      ({ type }) => type === 'blob',
    );
    const expected: readonly (readonly [string, string])[] = [
      ['Repository', pull.base.repo.node_id],
      ['Issue', github.issue(REPO, 1).node_id],
      // A pull request has one node: the face that it shows to the issues API has the same id.
      ['PullRequest', pull.node_id],
      ['PullRequest', github.issue(REPO, 2).node_id],
      ['IssueComment', github.comments(REPO, 1)[0]?.node_id ?? ''],
      ['PullRequestReview', github.reviews(REPO, 2)[0]?.node_id ?? ''],
      ['PullRequestReviewComment', github.reviewComments(REPO, 2)[0]?.node_id ?? ''],
      ['Label', label.node_id],
      ['User', pull.user.node_id],
      ['Organization', pull.base.user?.node_id ?? ''],
      ['CheckRun', (await github.checkRuns(REPO))[0]?.node_id ?? ''],
      ['CheckSuite', suites[0]?.node_id ?? ''],
      ['Ref', (await app.rest.git.getRef({ ...WEB, ref: 'heads/main' })).data.node_id],
      ['Commit', (await app.rest.repos.getCommit({ ...WEB, ref: change! })).data.node_id],
      ['Reaction', github.reactions(REPO, 1)[0]?.node_id ?? ''],
      ['StatusContext', status.node_id],
      ['Blob', (await app.rest.git.getBlob({ ...WEB, file_sha: blob?.sha ?? '' })).data.node_id],
    ];
    const { data, errors } = await ask(at, 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }', {
      ids: expected.map(([, id]) => id),
    });
    expect(errors).toEqual([]);
    expect(data.nodes).toEqual(expected.map(([__typename, id]) => ({ __typename, id })));
    await github.settled();
    const told = github.events.findLast(({ event }) => event === 'issue_comment')?.payload as {
      comment: { node_id: string };
    };
    expect(told.comment.node_id).toBe(github.comments(REPO, 1)[0]?.node_id);
  });

  it('is also reached by the address that people open', async () => {
    const { main } = await at.github.branches(REPO);
    const { html_url } = await at.github.pull(REPO, 2);
    const resource = async (url: string) =>
      (await ask(at, 'query ($url: URI!) { resource(url: $url) { __typename } }', { url })).data.resource;
    expect(await resource(html_url)).toEqual({ __typename: 'PullRequest' });
    expect(await resource(`${at.github.url}/acme/web/issues/1#issuecomment-1`)).toEqual({
      __typename: 'Issue',
    });
    expect(await resource(`${at.github.url}/acme/web/commit/${main}`)).toEqual({ __typename: 'Commit' });
    expect(await resource(`${at.github.url}/acme/web`)).toEqual({ __typename: 'Repository' });
    for (const url of [`${at.github.url}/acme/web/issues/99`, 'https://example.com/acme/web'])
      expect(await resource(url)).toBeNull();
  });

  it('that is nobody’s is null with an error, beside those that are found', async () => {
    const { node_id } = at.github.issue(REPO, 1);
    const { data, errors } = await ask(at, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [node_id, 'I_kwDOnope', node_id.replace('I_', 'IC_')],
    });
    expect(data.nodes).toEqual([{ id: node_id }, null, null]);
    expect(errors.map(({ type, path }) => [type, path])).toEqual([
      ['NOT_FOUND', ['nodes', 1]],
      ['NOT_FOUND', ['nodes', 2]],
    ]);
  });
});

describe('a repository that was renamed', () => {
  it('is found by its former name, unless the query says not to', async () => {
    await at.github.renameRepository(REPO, 'store');
    const { data, errors } = await ask(
      at,
      '{ followed: repository(owner: "acme", name: "web") { nameWithOwner } not: repository(owner: "acme", name: "web", followRenames: false) { id } }',
    );
    expect([data, errors.length]).toEqual([{ followed: { nameWithOwner: 'acme/store' }, not: null }, 1]);
    await at.github.renameRepository('acme/store', 'web');
  });
});
