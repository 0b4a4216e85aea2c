import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answer, ask, FILES, REPO, run, WEB } from './arrange.ts';
import { arrangeTwins, type Twins } from './twins.ts';

let twins: Twins;
let repositoryId: string;
let tip: string;
beforeAll(async () => {
  twins = await arrangeTwins();
  const { data } = await ask(
    twins.graphql,
    '{ repository(owner: "acme", name: "web") { id defaultBranchRef { target { oid } } } }',
  );
  repositoryId = data.repository.id;
  tip = data.repository.defaultBranchRef.target.oid;
});
afterAll(() => twins.close());

const text = (content: string) => Buffer.from(content).toString('base64');

describe('a ref', () => {
  const CREATE =
    'mutation ($repository: ID!, $name: String!, $oid: GitObjectID!) { createRef(input: { repositoryId: $repository, name: $name, oid: $oid }) { ref { id name prefix target { oid } } } }';
  const create = (name: string, token?: string) =>
    ask(twins.graphql, CREATE, { repository: repositoryId, name, oid: tip }, token);

  it('is made as by REST, has the node id of REST, and is made once', async () => {
    const name = 'refs/heads/conductor/one';
    const data = await twins.twin((app) => app.rest.git.createRef({ ...WEB, ref: name, sha: tip }), CREATE, {
      repository: repositoryId,
      name,
      oid: tip,
    });
    const { data: ref } = await twins.graphql.app.rest.git.getRef({ ...WEB, ref: 'heads/conductor/one' });
    expect(data.createRef).toEqual({
      ref: { id: ref.node_id, name: 'conductor/one', prefix: 'refs/heads/', target: { oid: tip } },
    });
    expect((await create(name)).errors).toMatchObject([
      { type: 'UNPROCESSABLE', message: `A ref named "${name}" already exists in the repository.` },
    ]);
  });

  it('is not made by who may not write', async () => {
    expect((await create('refs/heads/eve', twins.graphql.github.userToken('eve'))).errors).toMatchObject([
      { type: 'FORBIDDEN', message: 'eve does not have the correct permissions to execute `CreateRef`' },
    ]);
    const reader = await twins.graphql.app.auth({ type: 'installation', permissions: { contents: 'read' } });
    expect((await create('refs/heads/app', (reader as { token: string }).token)).errors).toMatchObject([
      { type: 'FORBIDDEN', message: 'Resource not accessible by integration' },
    ]);
  });

  it('is moved forwards, and backwards only by force', async () => {
    const later = await twins.both(async ({ github }) => {
      const { sha } = await github.as('bob').push({ repo: REPO, branch: 'later', files: { a: 'a' } });
      return sha;
    });
    const { data } = await ask(
      twins.graphql,
      '{ repository(owner: "acme", name: "web") { ref(qualifiedName: "conductor/one") { id } } }',
    );
    const move = (sha: string, force?: boolean) =>
      [
        (app: Twins['rest']['app']) =>
          app.rest.git.updateRef({ ...WEB, ref: 'heads/conductor/one', sha, ...(force ? { force } : {}) }),
        `mutation ($ref: ID!, $oid: GitObjectID!) { updateRef(input: { refId: $ref, oid: $oid${force ? ', force: true' : ''} }) { ref { target { oid } } } }`,
        { ref: data.repository.ref.id, oid: sha },
      ] as const;
    expect(await twins.twin(...move(later))).toEqual({ updateRef: { ref: { target: { oid: later } } } });
    const [, back, variables] = move(tip);
    expect((await ask(twins.graphql, back, variables)).errors).toMatchObject([
      { type: 'UNPROCESSABLE', message: 'Update is not a fast forward' },
    ]);
    await twins.twin(...move(tip, true));
    await twins.twin(
      (app) => app.rest.git.deleteRef({ ...WEB, ref: 'heads/conductor/one' }),
      'mutation ($ref: ID!) { deleteRef(input: { refId: $ref }) { clientMutationId } }',
      { ref: data.repository.ref.id },
    );
  });

  it('is deleted by updateRefs where it stands as is said, and not where it does not', async () => {
    const stale = await twins.both(async ({ github }) => {
      const { sha } = await github.as('bob').push({ repo: REPO, branch: 'moving', files: { m: '1' } });
      await github.as('bob').push({ repo: REPO, branch: 'moving', files: { m: '2' } });
      return sha;
    });
    const DELETE = 'mutation ($refs: UpdateRefsInput!) { updateRefs(input: $refs) { clientMutationId } }';
    const remove = (beforeOid: string) => ({
      refs: {
        repositoryId,
        refUpdates: [{ name: 'refs/heads/moving', beforeOid, afterOid: '0'.repeat(40) }],
      },
    });
    const now = (await twins.graphql.github.branches(REPO)).moving ?? '';
    expect((await ask(twins.graphql, DELETE, remove(stale))).errors).toMatchObject([
      { type: 'UNPROCESSABLE', message: `The ref "refs/heads/moving" does not point to ${stale}.` },
    ]);
    expect((await twins.graphql.github.branches(REPO)).moving).toBe(now);
    await twins.twin((app) => app.rest.git.deleteRef({ ...WEB, ref: 'heads/moving' }), DELETE, remove(now));
  });
});

describe('createCommitOnBranch', () => {
  const COMMIT = `mutation ($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) {
    ref { name target { oid } }
    commit { id oid message parents(first: 2) { nodes { oid } } signature { isValid wasSignedByGitHub state }
      author { name email user { login } } committer { name email } tree { oid } } } }`;
  const input = (fileChanges: object, more: object = {}) => ({
    input: {
      branch: { repositoryNameWithOwner: REPO, branchName: 'work' },
      expectedHeadOid: tip,
      message: { headline: 'Round up', body: 'As it should.' },
      fileChanges,
      ...more,
    },
  });
  const commit = (fileChanges: object, more?: object, token?: string) =>
    ask(twins.graphql, COMMIT, input(fileChanges, more), token);
  const branch = async () => (await twins.graphql.github.branches(REPO)).work;

  beforeAll(async () => {
    const { github } = twins.graphql;
    const ref = { ref: 'refs/heads/work', sha: tip };
    await github.as('bob').request('POST', `/repos/${REPO}/git/refs`, ref);
    await github.settled();
  });

  it('is refused whole: what it names is not there, not Base64, twice there, or out of bounds', async () => {
    const gone = await commit({ deletions: [{ path: 'README.md' }, { path: 'nope' }] });
    expect(gone.errors).toMatchObject([
      {
        type: 'UNPROCESSABLE',
        message: `A path was requested for deletion which does not exist as of commit oid \`${tip}\``,
      },
    ]);
    for (const changes of [
      { additions: [{ path: 'a', contents: '???' }] },
      { additions: [{ path: '../a', contents: '' }] },
      { additions: [{ path: '.git/config', contents: '' }] },
      { additions: [{ path: 'README.md', contents: '' }], deletions: [{ path: 'README.md' }] },
    ])
      expect((await commit(changes)).errors).toMatchObject([{ type: 'UNPROCESSABLE' }]);
    expect(await branch()).toBe(tip);
  });

  it('does not touch workflows without the permission for them, nor a branch that is protected', async () => {
    const workflow = { additions: [{ path: '.github/workflows/ci.yml', contents: text('on: push') }] };
    expect((await commit(workflow)).errors).toMatchObject([
      { type: 'FORBIDDEN', message: 'Resource not accessible by integration' },
    ]);
    await twins.graphql.github.as('alice').protect({ repo: REPO, branch: 'main', approvals: 1 });
    const main = { branch: { repositoryNameWithOwner: REPO, branchName: 'main' } };
    const refused = await commit({ additions: [{ path: 'a', contents: '' }] }, main);
    expect(refused.errors[0]?.message).toContain('Changes must be made through a pull request.');
    await twins.graphql.github.as('alice').request('DELETE', `/repos/${REPO}/branches/main/protection`);
  });

  it('writes and deletes files in one signed commit, by the App, committed by GitHub', async () => {
    const { github, app } = twins.graphql;
    const { errors, data } = await commit({
      additions: [
        { path: 'src/price.ts', contents: text('eins\n') },
        { path: 'new/binary', contents: Buffer.from([0, 255, 1]).toString('base64') },
      ],
      deletions: [{ path: 'docs/guide.md' }],
    });
    expect(errors).toEqual([]);
    const { commit: made, ref } = data.createCommitOnBranch;
    expect(made).toMatchObject({
      message: 'Round up\n\nAs it should.',
      parents: { nodes: [{ oid: tip }] },
      signature: { isValid: true, wasSignedByGitHub: true, state: 'VALID' },
      author: {
        name: 'conductor[bot]',
        email: expect.stringMatching(/^\d+\+conductor\[bot\]@users\.noreply\.github\.com$/),
        user: { login: 'conductor[bot]' },
      },
      committer: { name: 'GitHub', email: 'noreply@github.com' },
    });
    expect([ref.target.oid, await branch()]).toEqual([made.oid, made.oid]);
    const { data: byRest } = await app.rest.git.getCommit({ ...WEB, commit_sha: made.oid });
    expect(byRest).toMatchObject({ node_id: made.id, verification: { verified: true, reason: 'valid' } });
    const { stdout } = await run('git', [
      '--git-dir',
      github.gitDirectory(REPO),
      'ls-tree',
      '-r',
      '--name-only',
      made.oid,
    ]);
    expect(stdout.trim().split('\n')).toEqual(['README.md', 'new/binary', 'src/price.ts']);
    await github.settled();
    expect(github.events.at(-1)).toMatchObject({
      event: 'check_suite',
    });
    expect(github.events.findLast(({ event }) => event === 'push')?.payload).toMatchObject({
      ref: 'refs/heads/work',
      before: tip,
      after: made.oid,
      commits: [{ added: ['new/binary'], removed: ['docs/guide.md'], modified: ['src/price.ts'] }],
    });
  });

  it('compares and swaps: a branch that has moved is left alone', async () => {
    const before = await branch();
    const { data, errors } = await commit({ additions: [{ path: 'a', contents: '' }] });
    expect([data, errors]).toMatchObject([
      { createCommitOnBranch: null },
      [
        {
          type: 'STALE_DATA',
          path: ['createCommitOnBranch'],
          message: `Expected branch to point to "${tip}" but it did not.  Pull and try again.`,
        },
      ],
    ]);
    const nowhere = await commit({ deletions: [{ path: 'nope' }] }, { expectedHeadOid: 'f'.repeat(40) });
    expect(nowhere.errors).toMatchObject([{ type: 'STALE_DATA' }]);
    expect(await branch()).toBe(before);
    const race = await Promise.all(
      ['x', 'y', 'z'].map((path) =>
        commit({ additions: [{ path, contents: '' }] }, { expectedHeadOid: before }),
      ),
    );
    expect(race.filter(({ errors: told }) => told.length === 0)).toHaveLength(1);
  });

  it('keeps the mode of a file that is there, and gives a new one no right to run', async () => {
    const { github } = twins.graphql;
    const base = await github.as('bob').request<{ sha: string }>('POST', `/repos/${REPO}/git/trees`, {
      tree: [{ path: 'run.sh', mode: '100755', type: 'blob', content: '#!/bin/sh\n' }],
    });
    const { sha } = await github.as('bob').request<{ sha: string }>('POST', `/repos/${REPO}/git/commits`, {
      message: 'x',
      tree: base.sha,
      parents: [],
    });
    await github.as('bob').request('POST', `/repos/${REPO}/git/refs`, { ref: 'refs/heads/modes', sha });
    const { data } = await commit(
      {
        additions: [
          { path: 'run.sh', contents: text('#!/bin/sh\ntrue\n') },
          { path: 'new.sh', contents: '' },
        ],
      },
      { branch: { repositoryNameWithOwner: REPO, branchName: 'modes' }, expectedHeadOid: sha },
    );
    const { stdout } = await run('git', [
      '--git-dir',
      github.gitDirectory(REPO),
      'ls-tree',
      data.createCommitOnBranch.commit.oid,
    ]);
    expect(
      stdout
        .split('\n')
        .map((line) => line.slice(0, 6))
        .filter(Boolean),
    ).toEqual(['100644', '100755']);
  });
});

describe('a commit by the REST API', () => {
  it('of an App in its own name is signed by GitHub, one in another’s name and a person’s are not', async () => {
    const { app, github } = twins.rest;
    const tree = (await app.rest.git.getCommit({ ...WEB, commit_sha: tip })).data.tree.sha;
    const make = (more: object) =>
      answer(app.rest.git.createCommit({ ...WEB, message: 'x', tree, parents: [tip], ...more }));
    const author = { name: 'Ada', email: 'ada@example.com' };
    expect((await make({})).body).toMatchObject({ verification: { verified: true } });
    expect((await make({ author })).body).toMatchObject({ verification: { verified: false } });
    const { sha } = await github.as('bob').push({ repo: REPO, branch: 'mine', files: { a: 'a' } });
    expect((await app.rest.git.getCommit({ ...WEB, commit_sha: sha })).data.verification.verified).toBe(
      false,
    );
  });
});

describe('reading git', () => {
  it('finds refs and objects by id, by expression and by path, and null where there is none', async () => {
    const { data } = await ask(
      twins.graphql,
      `query ($oid: GitObjectID!) { repository(owner: "acme", name: "web") {
        branch: ref(qualifiedName: "refs/heads/main") { name target { oid } } none: ref(qualifiedName: "nope") { id }
        commit: object(oid: $oid) { __typename oid ... on Commit { messageHeadline tree { oid entries { name type mode } } } }
        file: object(expression: "main:src/price.ts") { ... on Blob { text byteSize isBinary } }
        binary: object(expression: "work:new/binary") { ... on Blob { text byteSize isBinary } }
        folder: object(expression: "main:src") { __typename }
        nothing: object(expression: "main:nope") { oid } } }`,
      { oid: tip },
    );
    expect(data.repository).toMatchObject({
      branch: { name: 'main', target: { oid: tip } },
      none: null,
      commit: { __typename: 'Commit', oid: tip, messageHeadline: 'Initial commit' },
      file: { text: FILES['src/price.ts'], byteSize: FILES['src/price.ts'].length, isBinary: false },
      binary: { text: null, byteSize: 3, isBinary: true },
      folder: { __typename: 'Tree' },
      nothing: null,
    });
    expect(data.repository.commit.tree.entries[0]).toEqual({
      name: 'README.md',
      type: 'blob',
      mode: 0o100644,
    });
  });

  it('cuts long text where GitHub does, and says so only to who asks', async () => {
    await twins.graphql.github
      .as('bob')
      .push({ repo: REPO, branch: 'long', files: { long: 'x'.repeat(512_001), short: 'x'.repeat(512_000) } });
    const { data } = await ask(
      twins.graphql,
      `{ repository(owner: "acme", name: "web") { long: object(expression: "long:long") { ...blob } short: object(expression: "long:short") { ...blob } } }
       fragment blob on Blob { byteSize isTruncated text }`,
    );
    const { long, short } = data.repository;
    expect([long.byteSize, long.text.length, long.isTruncated]).toEqual([512_001, 512_000, true]);
    expect([short.byteSize, short.text.length, short.isTruncated]).toEqual([512_000, 512_000, false]);
  });

  it('is for who may read contents, also by way of a pull request', async () => {
    await twins.graphql.github.as('bob').openPull({ repo: REPO, head: 'later', title: 'x' });
    const narrow = await twins.graphql.app.auth({
      type: 'installation',
      permissions: { pull_requests: 'read' },
    });
    const { data, errors } = await ask(
      twins.graphql,
      '{ repository(owner: "acme", name: "web") { pullRequests(first: 1) { nodes { commits(last: 1) { nodes { commit { messageHeadline tree { entries { name } } } } } } } } }',
      {},
      (narrow as { token: string }).token,
    );
    const [{ commits }] = data.repository.pullRequests.nodes;
    expect(commits.nodes).toEqual([{ commit: { messageHeadline: 'Change a', tree: { entries: null } } }]);
    expect(errors).toMatchObject([{ type: 'FORBIDDEN', message: 'Resource not accessible by integration' }]);
  });
});
