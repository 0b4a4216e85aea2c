import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDirectory } from '../../src/cli/open-directory.ts';
import { checkout, directory, git } from './git-repository.ts';

const FILES = { 'a.ts': 'one\ntwo\n', 'd/run': { executable: 'x\n' }, link: { link: '/etc/passwd' } };
const LISTED = [
  { path: 'a.ts', mode: '100644' },
  { path: 'd/run', mode: '100755' },
  { path: 'link', mode: '120000' },
];
const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

describe('openDirectory', () => {
  it('a checkout is its HEAD, whatever lies in the work tree', async () => {
    const { root, commit } = await checkout(FILES);
    writeFileSync(join(root, 'a.ts'), 'changed\n');
    writeFileSync(join(root, 'new.ts'), 'new\n');
    const workspace = await openDirectory(root);
    expect(workspace.commit).toBe(commit);
    expect(await workspace.list()).toEqual(LISTED);
    expect(text(await workspace.read('a.ts'))).toBe('one\ntwo\n');
    expect(await workspace.read('new.ts')).toBeNull();
  });

  it('a plain folder is its files; links are listed and not followed, .git is left out', async () => {
    const workspace = await openDirectory(
      await directory({ ...FILES, 'd/.git/config': 'x', 'bin.dat': new Uint8Array([0]) }),
    );
    expect(workspace.commit).toBe('folder');
    expect((await workspace.list()).filter(({ path }) => path !== 'bin.dat')).toEqual(LISTED);
    expect(await workspace.sizeOf('a.ts')).toBe(8);
    expect(await workspace.sizeOf('link')).toBe(11);
    expect(await workspace.sizeOf('absent')).toBeNull();
    expect(text(await workspace.read('link'))).toBe('/etc/passwd');
    expect(await workspace.read('../a.ts')).toBeNull();
    expect(await workspace.search('two', 5)).toEqual([{ path: 'a.ts', line: 2, text: 'two' }]);
    expect(await workspace.search('root', 5)).toEqual([]);
  });

  it('a folder inside a checkout is a folder, and a linked work tree a checkout', async () => {
    const { root, commit } = await checkout({ 'd/a': 'x\n' });
    expect((await openDirectory(join(root, 'd'))).commit).toBe('folder');
    git(root, 'worktree', 'add', '--quiet', join(root, 'tree'));
    expect((await openDirectory(join(root, 'tree'))).commit).toBe(commit);
  });

  it('says what is wrong with a directory', async () => {
    await expect(openDirectory('/nowhere')).rejects.toMatchObject({
      code: 'no_such_directory',
      hint: expect.stringMatching(/./),
    });
  });
});
