import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGitWorkspace } from '../../src/github/git-workspace.ts';
import { checkout, git } from '../cli/git-repository.ts';

const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

async function open(files: Parameters<typeof checkout>[0]) {
  const { root, commit } = await checkout(files);
  return { root, commit, workspace: await openGitWorkspace(join(root, '.git'), commit) };
}

describe('openGitWorkspace', () => {
  it('lists and reads what the commit holds: odd names, binary bytes, links, submodules', async () => {
    const { root } = await checkout({
      'tab\tline\nend.txt': 'odd\n',
      'ü/é.md': 'accents\n',
      '-rf': 'dash\n',
      bin: new Uint8Array([0, 10, 255]),
      empty: '',
      link: { link: 'bin' },
    });
    const other = git(root, 'rev-parse', 'HEAD').trim();
    git(root, 'update-index', '--add', '--cacheinfo', `160000,${other},sub`);
    git(root, 'commit', '--quiet', '-m', 'a submodule');
    const commit = git(root, 'rev-parse', 'HEAD').trim();
    const workspace = await openGitWorkspace(join(root, '.git'), commit);

    const listed = (await workspace.list()).map(
      async ({ path, mode }) => `${mode} ${await workspace.sizeOf(path)} ${path}`,
    );
    expect(await Promise.all(listed)).toEqual([
      '100644 5 -rf',
      '100644 3 bin',
      '100644 0 empty',
      '120000 3 link',
      '160000 null sub',
      '100644 4 tab\tline\nend.txt',
      '100644 8 ü/é.md',
    ]);
    expect(await workspace.sizeOf('absent')).toBeNull();
    expect(text(await workspace.read('tab\tline\nend.txt'))).toBe('odd\n');
    expect(await workspace.read('bin')).toEqual(new Uint8Array([0, 10, 255]));
    expect(await workspace.read('empty')).toEqual(new Uint8Array());
    expect(text(await workspace.read('link'))).toBe('bin');
    expect(await workspace.read('sub')).toBeNull();
    expect(await workspace.read('bin/x')).toBeNull();
    expect(await workspace.read('HEAD:bin')).toBeNull();
    workspace.close();
  });

  it('reads many files at once, large ones too, each as it is', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `f${n}`);
    const content = (name: string) => `${name}\n`.repeat(name === 'f7' ? 200_000 : 10);
    const { workspace } = await open(Object.fromEntries(names.map((name) => [name, content(name)])));
    const read = await Promise.all(
      names.map(async (name) => text(await workspace.read(name)) === content(name)),
    );
    expect(read).toEqual(names.map(() => true));
    workspace.close();
  });

  it('finds lines literally, in path order, up to the limit, and not in binary files', async () => {
    const { workspace } = await open({
      'a.txt': 'x.y\nxzy\n--x.y\r\n',
      'b\nc.txt': 'x.y\n',
      'z.bin': new Uint8Array([0, ...Buffer.from('x.y\n')]),
      many: 'hit\n'.repeat(5_000),
    });
    expect(await workspace.search('x.y', 9)).toEqual([
      { path: 'a.txt', line: 1, text: 'x.y' },
      { path: 'a.txt', line: 3, text: '--x.y' },
      { path: 'b\nc.txt', line: 1, text: 'x.y' },
    ]);
    expect(await workspace.search('--x', 9)).toHaveLength(1);
    expect(await workspace.search('hit', 7)).toHaveLength(7);
    for (const nothing of ['absent', '', 'a\nb', '\0'])
      expect(await workspace.search(nothing, 9)).toEqual([]);
  });

  it('is not led astray by replaced objects or by the configuration of the repository', async () => {
    const { root, commit, workspace } = await open({ a: 'true\n' });
    const blob = git(root, 'rev-parse', 'HEAD:a').trim();
    const forged = execFileSync('git', ['hash-object', '-w', '--stdin'], { cwd: root, input: 'forged\n' });
    git(root, 'replace', blob, forged.toString().trim());
    git(root, 'config', 'core.fsmonitor', 'touch pwned');
    git(root, 'config', 'diff.external', 'touch pwned');
    expect(text(await workspace.read('a'))).toBe('true\n');
    expect(await workspace.search('forged', 1)).toEqual([]);
    expect(await (await openGitWorkspace(join(root, '.git'), commit)).list()).toMatchObject([
      { path: 'a', mode: '100644' },
    ]);
    expect(await workspace.sizeOf('a')).toBe(5);
  });

  it.each(['HEAD', 'main', '--help', 'a'.repeat(39), `${'a'.repeat(40)}^`, ''])(
    '%j is not a commit',
    async (commit) => {
      await expect(openGitWorkspace('/nowhere', commit)).rejects.toMatchObject({ code: 'git_failed' });
    },
  );

  it('says so when the commit, the repository or a process is not there', async () => {
    const { root, workspace } = await open({ a: 'x\n' });
    await expect(openGitWorkspace(join(root, '.git'), 'a'.repeat(40))).rejects.toMatchObject({
      code: 'git_failed',
    });
    await expect(openGitWorkspace('/nowhere', 'a'.repeat(40))).rejects.toMatchObject({ code: 'git_failed' });
    const reading = workspace.read('a');
    workspace.close();
    await expect(reading).rejects.toMatchObject({ code: 'git_failed' });
    expect(text(await workspace.read('a'))).toBe('x\n');
  });

  it('lets a program end although it is open, and waits while it reads', async () => {
    const { root, commit } = await open({ a: 'x\n' });
    const script = `
      import { openGitWorkspace } from ${JSON.stringify(join(import.meta.dirname, '../../src/github/git-workspace.ts'))};
      const workspace = await openGitWorkspace(${JSON.stringify(join(root, '.git'))}, '${commit}');
      console.log((await workspace.read('a')).length, (await workspace.read('a')).length);`;
    const printed = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      timeout: 10_000,
    });
    expect(printed.toString()).toBe('2 2\n');
  });
});
