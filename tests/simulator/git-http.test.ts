import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Arranged, arrange, FILES, octokit, REPO, run, WEB } from './arrange.ts';

let at: Arranged;
let folder: string;
beforeAll(async () => {
  at = await arrange({ private: true });
  await at.github.addRepository({ owner: 'acme', name: 'open', files: FILES });
  folder = await mkdtemp(join(tmpdir(), 'clone-'));
});
afterAll(async () => {
  await at.github.close();
  await rm(folder, { recursive: true, force: true });
});

const env = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'b',
  GIT_AUTHOR_EMAIL: 'b@x',
  GIT_COMMITTER_NAME: 'b',
  GIT_COMMITTER_EMAIL: 'b@x',
};
const git = (...args: string[]) => run('git', args, { cwd: folder, env });
const fails = (promise: Promise<unknown>) =>
  promise.then(
    () => '',
    (error: { stderr: string }) => error.stderr,
  );
const remote = (token: string, path = REPO) =>
  `${at.github.url.replace('://', `://x-access-token:${token}@`)}/${path}.git`;
const installationToken = async () =>
  ((await at.app.auth({ type: 'installation' })) as { token: string }).token;

describe('git clone', () => {
  it('of a public repository needs nobody, with and without .git', async () => {
    await git('clone', '-q', `${at.github.url}/acme/open.git`, 'open');
    expect(await readFile(join(folder, 'open/README.md'), 'utf8')).toBe(FILES['README.md']);
    const { stdout } = await git('ls-remote', `${at.github.url}/acme/open`, 'refs/heads/main');
    expect(stdout).toContain((await at.github.branches('acme/open')).main);
  });

  it('of a private one asks for a token and takes an installation token', async () => {
    const challenge = await fetch(`${at.github.url}/acme/web.git/info/refs?service=git-upload-pack`);
    expect([challenge.status, challenge.headers.get('www-authenticate')]).toEqual([
      401,
      'Basic realm="GitHub"',
    ]);
    expect(await fails(git('clone', '-q', `${at.github.url}/acme/web.git`, 'denied'))).not.toBe('');
    expect(await fails(git('clone', '-q', remote(at.github.userToken('eve')), 'denied'))).toContain(
      'not found',
    );
    await git('clone', '-q', remote(await installationToken()), 'web');
    expect(await readFile(join(folder, 'web/src/price.ts'), 'utf8')).toBe(FILES['src/price.ts']);
  });

  it('can leave blobs out, be shallow, and fetch a commit by its id', async () => {
    const url = `${at.github.url}/acme/open.git`;
    await git('clone', '-q', '--filter=blob:none', '--depth=1', '--no-checkout', url, 'partial');
    const { main } = await at.github.branches('acme/open');
    const listing = await git('-C', 'partial', 'rev-list', '--objects', '--missing=print', 'HEAD');
    expect(listing.stdout.split('\n').filter((line) => line.startsWith('?'))).toHaveLength(3);
    await git('init', '-q', 'bare');
    await git('-C', 'bare', 'fetch', '-q', url, main!);
    const { stdout } = await git('-C', 'bare', 'rev-parse', 'FETCH_HEAD');
    expect(stdout.trim()).toBe(main);
  });

  it('is counted apart from the calls of the API', async () => {
    const calls = at.github.calls.length;
    const before = at.github.gitCalls.length;
    await git('ls-remote', `${at.github.url}/acme/open.git`);
    expect([at.github.calls.length, at.github.gitCalls.length > before]).toEqual([calls, true]);
  });
});

describe('git push', () => {
  it('moves branches, and pull requests with them', async () => {
    const bob = at.github.as('bob');
    await bob.push({ repo: REPO, branch: 'change', files: { 'a.txt': 'a\n' } });
    const { number } = await bob.openPull({ repo: REPO, head: 'change', title: 'x' });
    await git('clone', '-q', '-b', 'change', remote(at.github.userToken('bob')), 'work');
    await writeFile(join(folder, 'work/b.txt'), 'b\n');
    await git('-C', 'work', 'add', '.');
    await git('-C', 'work', 'commit', '-q', '-m', 'More');
    await git('-C', 'work', 'push', '-q');
    const { stdout } = await git('-C', 'work', 'rev-parse', 'HEAD');
    const { data } = await at.app.rest.pulls.get({ ...WEB, pull_number: number });
    expect(data).toMatchObject({ head: { sha: stdout.trim() }, commits: 2 });
    await at.github.settled();
    expect(
      at.github.events.slice(-3).map(({ event, action, sender }) => `${event}.${action} ${sender}`),
    ).toEqual(['push.null bob', 'check_suite.requested bob', 'pull_request.synchronize bob']);
    await git('-C', 'work', 'fetch', '-q', 'origin', `refs/pull/${number}/head`);
  });

  it('is refused to readers, on protected branches, and of workflow files to an App', async () => {
    const reader = at.github.jobToken(REPO, { contents: 'read' });
    expect(await fails(git('-C', 'work', 'push', '-q', remote(reader), 'HEAD:refs/heads/new'))).toContain(
      '403',
    );
    await at.github.as('alice').protect({ repo: REPO, approvals: 1 });
    const refused = await fails(git('-C', 'work', 'push', '-q', 'origin', 'HEAD:refs/heads/main'));
    expect(refused).toContain('GH006: Protected branch update failed for refs/heads/main.');
    expect(refused).toContain('protected branch hook declined');
    await git('-C', 'work', 'checkout', '-q', '-b', 'ci');
    await git('-C', 'work', 'config', 'core.autocrlf', 'false');
    await run('mkdir', ['-p', join(folder, 'work/.github/workflows')]);
    await writeFile(join(folder, 'work/.github/workflows/ci.yml'), 'on: push\n');
    await git('-C', 'work', 'add', '.');
    await git('-C', 'work', 'commit', '-q', '-m', 'CI');
    const workflow = await fails(git('-C', 'work', 'push', '-q', remote(await installationToken()), 'ci'));
    expect(workflow).toContain(
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml`',
    );
    expect((await at.github.branches(REPO)).ci).toBeUndefined();
    await git('-C', 'work', 'push', '-q', 'origin', 'ci');
    expect((await at.github.branches(REPO)).ci).toBeDefined();
  });
});

describe('a tarball', () => {
  it('is a redirect to the files of the commit, below one folder', async () => {
    const token = await installationToken();
    const redirect = await fetch(`${at.github.url}/repos/acme/web/tarball/main`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(redirect.status).toBe(302);
    const archive = await fetch(redirect.headers.get('location')!);
    await writeFile(join(folder, 'web.tgz'), Buffer.from(await archive.arrayBuffer()));
    const { stdout } = await run('tar', ['-tzf', join(folder, 'web.tgz')]);
    const { main } = await at.github.branches(REPO);
    expect(stdout).toContain(`acme-web-${main!.slice(0, 7)}/src/price.ts`);
    const blind = octokit(at.github, at.github.userToken('eve'));
    await expect(blind.rest.repos.downloadTarballArchive({ ...WEB, ref: 'main' })).rejects.toMatchObject({
      status: 404,
    });
  });
});
