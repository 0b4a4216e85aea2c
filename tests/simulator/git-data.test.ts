import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Arranged, answer, arrange, FILES, octokit, REPO, WEB } from './arrange.ts';

const run = promisify(execFile);
let at: Arranged;
beforeAll(async () => {
  at = await arrange();
});
afterAll(() => at.github.close());

const tip = async (branch = 'main') => (await at.github.branches(REPO))[branch]!;

async function commit(tree: object[], parent?: string, client = at.app): Promise<string> {
  const base = parent ?? (await tip());
  const { data: made } = await client.rest.git.createTree({ ...WEB, base_tree: base, tree: tree as never });
  const { data } = await client.rest.git.createCommit({
    ...WEB,
    message: 'Change',
    tree: made.sha,
    parents: [base],
  });
  return data.sha;
}

describe('trees', () => {
  it('are built on a base: inline content, modes, deletion of files and folders, nested paths', async () => {
    const sha = await commit([
      { path: 'src/deep/er/new.ts', mode: '100644', type: 'blob', content: 'new\n' },
      { path: 'run.sh', mode: '100755', type: 'blob', content: '#!/bin/sh\n' },
      { path: 'README.md', mode: '100644', type: 'blob', sha: null },
      { path: 'docs', mode: '040000', type: 'tree', sha: null },
    ]);
    const { data } = await at.app.rest.git.getTree({ ...WEB, tree_sha: sha, recursive: '1' });
    expect(
      data.tree.filter(({ type }) => type === 'blob').map(({ path, mode }) => `${mode} ${path}`),
    ).toEqual(['100755 run.sh', '100644 src/deep/er/new.ts', '100644 src/price.ts']);
    await run('git', ['--git-dir', at.github.gitDirectory(REPO), 'fsck', '--strict', '--no-dangling']);
  });

  it.each([
    ['a path that climbs', { path: '../x', mode: '100644', type: 'blob', content: 'x' }],
    ["git's own folder", { path: '.git/config', mode: '100644', type: 'blob', content: 'x' }],
    ['a blob that is not there', { path: 'x', mode: '100644', type: 'blob', sha: 'f'.repeat(40) }],
    ['an unknown mode', { path: 'x', mode: '100600', type: 'blob', content: 'x' }],
    ['the deletion of nothing', { path: 'no/such/file', mode: '100644', type: 'blob', sha: null }],
  ])('are refused with %s', async (_, entry) => {
    const made = at.app.rest.git.createTree({ ...WEB, base_tree: await tip(), tree: [entry as never] });
    expect((await answer(made)).status).toBe(422);
  });

  it('replace a file by a folder and a folder by a file', async () => {
    const folder = await commit([{ path: 'README.md/inside', mode: '100644', type: 'blob', content: 'x' }]);
    expect(await at.github.fileAt(REPO, folder, 'README.md/inside')).toBe('x');
    const file = await commit([{ path: 'src', mode: '100644', type: 'blob', content: 'flat' }]);
    expect(await at.github.fileAt(REPO, file, 'src')).toBe('flat');
  });
});

describe('commits', () => {
  it('keep their message to the letter and carry the author who made them', async () => {
    const message = 'Title\n\n  indented, trailing  \n\nConductor-Run: 7';
    const { data: main } = await at.app.rest.git.getCommit({ ...WEB, commit_sha: await tip() });
    const { data } = await at.app.rest.git.createCommit({
      ...WEB,
      message,
      tree: main.tree.sha,
      parents: [main.sha],
    });
    const { data: read } = await at.app.rest.git.getCommit({ ...WEB, commit_sha: data.sha });
    expect(read.message).toBe(message);
    expect(read.author).toMatchObject({
      name: 'conductor[bot]',
      email: expect.stringMatching(/^\d+\+conductor\[bot\]@users\.noreply\.github\.com$/),
    });
  });

  it('have the same id in every run when their dates are given or seeded', async () => {
    const twin = await arrange();
    expect((await twin.github.branches(REPO)).main).toBe(await tip());
    await twin.github.close();
  });
});

describe('refs', () => {
  it('are made once, for commits that exist, under names that git takes', async () => {
    const sha = await tip();
    const create = (ref: string, to = sha) => answer(at.app.rest.git.createRef({ ...WEB, ref, sha: to }));
    expect((await create('refs/heads/once')).status).toBe(201);
    expect(await create('refs/heads/once')).toMatchObject({
      status: 422,
      message: 'Reference already exists',
    });
    expect(await create('refs/heads/lost', 'e'.repeat(40))).toMatchObject({
      status: 422,
      message: 'Object does not exist',
    });
    expect((await create('refs/heads/a..b')).status).toBe(422);
    expect((await create('heads/short')).status).toBe(422);
    expect((await create('refs/pull/1/head')).status).toBe(422);
  });

  it('move forward only, unless forced', async () => {
    const base = await tip();
    await at.app.rest.git.createRef({
      ...WEB,
      ref: 'refs/heads/line',
      sha: await commit([{ path: 'a', mode: '100644', type: 'blob', content: '1' }]),
    });
    const other = await commit([{ path: 'b', mode: '100644', type: 'blob', content: '2' }], base);
    const move = (force: boolean) =>
      answer(at.app.rest.git.updateRef({ ...WEB, ref: 'heads/line', sha: other, force }));
    expect(await move(false)).toMatchObject({ status: 422, message: 'Update is not a fast forward' });
    expect((await move(true)).status).toBe(200);
    expect(await tip('line')).toBe(other);
  });

  it('that do not exist are 404 to read and 422 to move', async () => {
    expect((await answer(at.app.rest.git.getRef({ ...WEB, ref: 'heads/nope' }))).status).toBe(404);
    expect(
      await answer(at.app.rest.git.updateRef({ ...WEB, ref: 'heads/nope', sha: await tip() })),
    ).toMatchObject({ status: 422, message: 'Reference does not exist' });
  });

  it('are listed by the beginning of their names', async () => {
    for (const name of ['run/1', 'run/2', 'runner'])
      await at.app.rest.git.createRef({ ...WEB, ref: `refs/heads/${name}`, sha: await tip() });
    const { data } = await at.app.rest.git.listMatchingRefs({ ...WEB, ref: 'heads/run/' });
    expect(data.map(({ ref }) => ref)).toEqual(['refs/heads/run/1', 'refs/heads/run/2']);
  });
});

describe('workflow files', () => {
  const entry = { path: '.github/workflows/ci.yml', mode: '100644', type: 'blob', content: 'on: push\n' };

  it('are closed to an App without the permission, by tree, by ref and by contents', async () => {
    const refused = { status: 403, message: 'Resource not accessible by integration' };
    expect(await answer(commit([entry]))).toMatchObject(refused);
    const bob = octokit(at.github, at.github.userToken('bob'));
    const sha = await commit([entry], undefined, bob);
    expect(await answer(at.app.rest.git.createRef({ ...WEB, ref: 'refs/heads/ci', sha }))).toMatchObject(
      refused,
    );
    const content = Buffer.from('x').toString('base64');
    expect(
      await answer(
        at.app.rest.repos.createOrUpdateFileContents({ ...WEB, path: entry.path, message: 'm', content }),
      ),
    ).toMatchObject(refused);
    expect((await answer(bob.rest.git.createRef({ ...WEB, ref: 'refs/heads/ci', sha }))).status).toBe(201);
  });

  it('are open to one that has it', async () => {
    const job = octokit(at.github, at.github.jobToken(REPO, { contents: 'write', workflows: 'write' }));
    const sha = await commit([entry], undefined, job);
    expect((await answer(job.rest.git.createRef({ ...WEB, ref: 'refs/heads/ci-2', sha }))).status).toBe(201);
  });
});

describe('contents', () => {
  it('read as JSON, as bytes, as folders, at any ref', async () => {
    const { data: file } = await at.app.rest.repos.getContent({ ...WEB, path: 'src/price.ts' });
    expect(Buffer.from((file as { content: string }).content, 'base64').toString()).toBe(
      FILES['src/price.ts'],
    );
    const raw = await at.app.rest.repos.getContent({
      ...WEB,
      path: 'README.md',
      mediaType: { format: 'raw' },
    });
    expect(raw.data).toBe('# Web\n');
    const { data: top } = await at.app.rest.repos.getContent({ ...WEB, path: '' });
    expect((top as { name: string; type: string }[]).map(({ name, type }) => `${type} ${name}`)).toEqual([
      'file README.md',
      'dir docs',
      'dir src',
    ]);
    expect(
      (await answer(at.app.rest.repos.getContent({ ...WEB, path: 'README.md', ref: 'nope' }))).status,
    ).toBe(404);
    expect((await answer(at.app.rest.repos.getContent({ ...WEB, path: '../../etc/passwd' }))).status).toBe(
      404,
    );
  });

  it('are written against the blob they replace, and not against an older one', async () => {
    const put = (text: string, sha?: string) =>
      answer(
        at.app.rest.repos.createOrUpdateFileContents({
          ...WEB,
          path: 'notes.md',
          message: 'Note',
          content: Buffer.from(text).toString('base64'),
          ...(sha === undefined ? {} : { sha }),
        }),
      );
    const made = await put('one');
    const sha = (made.body as { content: { sha: string } }).content.sha;
    expect([made.status, (await put('two')).status, (await put('two', 'a'.repeat(40))).status]).toEqual([
      201, 422, 409,
    ]);
    expect((await put('two', sha)).status).toBe(200);
    expect(await at.github.fileAt(REPO, 'main', 'notes.md')).toBe('two');
  });
});

describe('comparing', () => {
  it('lists commits, files with patches and renames, and gives the diff as text', async () => {
    const base = await tip();
    const { data: readme } = await at.app.rest.repos.getContent({ ...WEB, path: 'docs/guide.md' });
    const sha = await commit([
      { path: 'docs/guide.md', mode: '100644', type: 'blob', sha: null },
      { path: 'docs/manual.md', mode: '100644', type: 'blob', sha: (readme as { sha: string }).sha },
      {
        path: 'src/price.ts',
        mode: '100644',
        type: 'blob',
        content: FILES['src/price.ts'].replace('two', 'zwei'),
      },
    ]);
    const { data } = await at.app.rest.repos.compareCommitsWithBasehead({
      ...WEB,
      basehead: `${base}...${sha}`,
    });
    expect(data).toMatchObject({
      status: 'ahead',
      ahead_by: 1,
      behind_by: 0,
      merge_base_commit: { sha: base },
    });
    expect(
      data.files?.map(({ filename, status, previous_filename }) => [status, filename, previous_filename]),
    ).toEqual([
      ['renamed', 'docs/manual.md', 'docs/guide.md'],
      ['modified', 'src/price.ts', undefined],
    ]);
    expect(data.files?.[1]?.patch).toContain('-two\n+zwei');
    const text = await at.app.rest.repos.compareCommitsWithBasehead({
      ...WEB,
      basehead: `${base}...${sha}`,
      mediaType: { format: 'diff' },
    });
    expect(String(text.data)).toMatch(/^diff --git /);
  });

  it('leaves the patch of an enormous file out without a word, as GitHub does', async () => {
    const sha = await commit([
      { path: 'big.txt', mode: '100644', type: 'blob', content: 'line\n'.repeat(20_001) },
    ]);
    const { data } = await at.app.rest.repos.compareCommitsWithBasehead({
      ...WEB,
      basehead: `main...${sha}`,
    });
    const big = data.files?.find(({ filename }) => filename === 'big.txt');
    expect([big?.additions, big?.patch]).toEqual([20_001, undefined]);
  });
});
