import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { GitError } from '../../src/github/git.ts';
import { mirrorSource } from '../../src/github/repository.ts';

const folder = mkdtempSync(join(tmpdir(), 'mirror-'));
afterAll(() => rmSync(folder, { recursive: true }));

const fetchInto = (directory: string) =>
  mirrorSource(directory, {
    repository: { id: 1, owner: 'acme', name: 'web', defaultBranch: 'main' },
    cloneUrl: 'http://127.0.0.1:9/acme/web.git',
    token: async () => 'a-token',
  }).fetch('refs/heads/main');

describe('where repositories are mirrored', () => {
  it('a folder that others may write is not used: git would obey a config that they put there', async () => {
    const open = join(folder, 'open');
    mkdirSync(open);
    chmodSync(open, 0o777);
    await expect(fetchInto(open)).rejects.toThrow('is not a folder that only this account may write');
  });

  it('neither is one that is a link to somewhere else', async () => {
    const link = join(folder, 'link');
    symlinkSync(folder, link);
    await expect(fetchInto(link)).rejects.toThrow('is not a folder that only this account may write');
  });

  it('what git says of a failed fetch does not hold the token', async () => {
    const failed = await fetchInto(join(folder, 'own')).catch((error: unknown) => error);
    expect(String(failed)).toContain('git fetch failed');
    expect(String(failed)).not.toMatch(/a-token|eC1hY2Nlc3/);
    expect(failed).toMatchObject({ transient: true });
  });

  it.each([
    [true, 'Failed to connect to github.com port 443 after 3 ms: Couldn’t connect to server'],
    [true, "Couldn't connect to server"],
    [true, 'Could not resolve host: github.com'],
    [true, 'connect to 10.0.0.1 port 443 failed: Connection refused'],
    [true, 'The requested URL returned error: 429'],
    [true, 'The requested URL returned error: 503'],
    [false, 'The requested URL returned error: 403'],
    [false, "couldn't find remote ref refs/heads/main"],
  ])('S2-8: may pass: %s: %s', (transient, said) => {
    expect(new GitError('git_failed', `git fetch failed: fatal: ${said}`, 128)).toMatchObject({ transient });
  });
});
