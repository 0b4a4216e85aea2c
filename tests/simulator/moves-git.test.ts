import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { git, gitEnvironment } from '../../src/github/git.ts';
import { type Arranged, arrange, REPO, run } from './arrange.ts';

let at: Arranged;
let folder: string;
beforeAll(async () => {
  at = await arrange({ private: true });
  folder = await mkdtemp(join(tmpdir(), 'moved-'));
  await at.github.renameRepository(REPO, 'store');
});
afterAll(async () => {
  await at.github.close();
  await rm(folder, { recursive: true, force: true });
});

const installationToken = async () =>
  ((await at.app.auth({ type: 'installation' })) as { token: string }).token;
const oldUrl = () => `${at.github.url}/acme/web.git`;

describe('git under the old name of a repository', () => {
  it("fetches with Conductor's own settings", async () => {
    const gitDir = join(folder, 'fetched.git');
    await git(['init', '--quiet', '--bare'], { gitDir });
    const token = await installationToken();
    const { main } = await at.github.branches('acme/store');
    const remote = { url: oldUrl(), token };
    await git(['fetch', '--quiet', '--depth=1', '--filter=blob:none', 'conductor', main!], {
      gitDir,
      remote,
    });
    expect((await git(['rev-parse', 'FETCH_HEAD'], { gitDir })).toString().trim()).toBe(main);
  });

  it('clones and pushes with a token in the address, as people do', async () => {
    const env = {
      ...gitEnvironment(),
      GIT_ALLOW_PROTOCOL: 'http',
      GIT_AUTHOR_NAME: 'b',
      GIT_AUTHOR_EMAIL: 'b@x',
      GIT_COMMITTER_NAME: 'b',
      GIT_COMMITTER_EMAIL: 'b@x',
    };
    const url = oldUrl().replace('://', `://x-access-token:${at.github.userToken('bob')}@`);
    const work = join(folder, 'work');
    const inWork = (...args: string[]) => run('git', ['-C', work, ...args], { env });
    await run('git', ['clone', '-q', url, work], { env });
    await writeFile(join(work, 'b.txt'), 'b\n');
    await inWork('add', '.');
    await inWork('commit', '-q', '-m', 'More');
    await inWork('push', '-q', 'origin', 'HEAD:refs/heads/change');
    const { stdout } = await inWork('rev-parse', 'HEAD');
    expect((await at.github.branches('acme/store')).change).toBe(stdout.trim());
  });

  it('asks strangers for a password before it says where the repository is', async () => {
    const path = '/acme/web.git/info/refs?service=git-upload-pack';
    const stranger = await fetch(`${at.github.url}${path}`, { redirect: 'manual' });
    expect([stranger.status, stranger.headers.get('location')]).toEqual([401, null]);
    const eve = await fetch(`${at.github.url}${path}`, {
      redirect: 'manual',
      headers: { authorization: `Bearer ${at.github.userToken('eve')}` },
    });
    expect([eve.status, eve.headers.get('location')]).toEqual([404, null]);
  });
});
