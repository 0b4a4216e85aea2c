import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { removeOldMirrors } from '../../src/github/prune-mirrors.ts';
import { directory } from '../cli/git-repository.ts';
import { gitServer } from './git-server.ts';

const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);
const numbered = (count: number, folder = 'src') =>
  Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`${folder}/f${at}.ts`, `export const f${at} = ${at};\n`]),
  );

describe('reading a repository through a partial mirror', () => {
  it('lists without a file fetched; the first read brings all files of a small repository at once', async () => {
    const server = await gitServer();
    server.commit({ ...numbered(200), 'logo.png': new Uint8Array([0, 1]) });
    const { source } = server.mirror();
    const workspace = await source.workspaceAt((await source.fetch('refs/heads/main')) ?? '');
    expect(await workspace.list()).toHaveLength(201);
    expect(server.fetches()).toBe(1);

    expect(text(await workspace.read('src/f7.ts'))).toBe('export const f7 = 7;\n');
    expect(await workspace.sizeOf('src/f150.ts')).toBe(25);
    expect(await workspace.search('f199 =', 9)).toMatchObject([{ path: 'src/f199.ts', line: 1 }]);
    expect(server.fetches()).toBe(2);

    // What a search passes over was left out, and comes when it is asked for.
    expect(await workspace.read('logo.png')).toEqual(new Uint8Array([0, 1]));
    expect(server.fetches()).toBe(3);
  });

  it('after a push only what is new comes, and nothing when there is nothing new', async () => {
    const server = await gitServer();
    server.commit(numbered(50));
    const { source } = server.mirror();
    const read = async (path: string) => {
      const workspace = await source.workspaceAt((await source.fetch('refs/heads/main')) ?? '');
      await workspace.search('nothing', 1);
      return text(await workspace.read(path));
    };
    await read('src/f1.ts');
    expect(server.fetches()).toBe(2);
    await read('src/f1.ts');
    expect(server.fetches()).toBe(3);
    server.commit({ 'src/f1.ts': 'changed\n' });
    expect(await read('src/f1.ts')).toBe('changed\n');
    expect(server.fetches()).toBe(5);
    // A file that goes back to what it was long ago is in a commit that the mirror has, without its files.
    server.commits([{ 'src/f1.ts': 'again\n' }, { 'src/f1.ts': 'changed\n', 'src/f2.ts': 'later\n' }]);
    expect(await read('src/f1.ts')).toBe('changed\n');
    expect(await read('src/f2.ts')).toBe('later\n');
  });

  it('in a large repository brings what is announced, and the neighbours of what is not, in one fetch each', async () => {
    const server = await gitServer();
    const same = Object.fromEntries(Object.keys(numbered(20_050, 'big')).map((path) => [path, 'same\n']));
    server.commit({ ...same, 'big/f2.ts': 'export const f2 = 2;\n', ...numbered(100, 'near') });
    const { source, directory: folder } = server.mirror();
    const workspace = await source.workspaceAt((await source.fetch('refs/heads/main')) ?? '');
    await workspace.prefetch(['big/f1.ts', 'big/f2.ts', 'near/f3.ts']);
    await Promise.all(['big/f1.ts', 'big/f2.ts', 'near/f3.ts'].map((path) => workspace.read(path)));
    expect(server.fetches()).toBe(2);
    expect(blobsIn(join(folder, '7.git'))).toBe(3);

    for (const path of ['near/f1.ts', 'near/f10.ts', 'near/f2.ts']) await workspace.read(path);
    expect(server.fetches()).toBe(3);
    expect(blobsIn(join(folder, '7.git'))).toBeGreaterThan(60);
    expect(blobsIn(join(folder, '7.git'))).toBeLessThan(110);

    await Promise.all([workspace.prefetch(['near/f97.ts']), workspace.prefetch(['near/f98.ts'])]);
    expect(server.fetches()).toBe(4);

    expect(await workspace.search('f99 =', 9)).toHaveLength(1);
    expect(server.fetches()).toBe(5);
  });

  it('a server that knows no filters sends whole files, and is asked for nothing more', async () => {
    const server = await gitServer({ filters: false });
    server.commit(numbered(30));
    const { source } = server.mirror();
    const workspace = await source.workspaceAt((await source.fetch('refs/heads/main')) ?? '');
    expect(text(await workspace.read('src/f3.ts'))).toBe('export const f3 = 3;\n');
    expect(await workspace.search('f29', 9)).toHaveLength(1);
    expect(server.fetches()).toBe(1);
  });

  it('says that a file can’t be got instead of an empty one, and lets the next read try again', async () => {
    const server = await gitServer();
    server.commit(numbered(3));
    const { source } = server.mirror();
    const workspace = await source.workspaceAt((await source.fetch('refs/heads/main')) ?? '');
    const objects = join(server.gitDir, 'objects');
    execFileSync('mv', [objects, `${objects}.away`]);
    await expect(workspace.read('src/f1.ts')).rejects.toMatchObject({ code: 'git_failed' });
    await expect(workspace.search('f1', 1)).rejects.toMatchObject({ code: 'git_failed' });
    execFileSync('mv', [`${objects}.away`, objects]);
    expect(text(await workspace.read('src/f1.ts'))).toBe('export const f1 = 1;\n');
  });

  it('a commit that another process fetched, or whose mirror was removed, is fetched by its name', async () => {
    const server = await gitServer();
    const commit = server.commit(numbered(3));
    server.commit({ 'src/f1.ts': 'later\n' });
    const { source } = server.mirror();
    const workspace = await source.workspaceAt(commit);
    expect(text(await workspace.read('src/f1.ts'))).toBe('export const f1 = 1;\n');
    await expect(source.workspaceAt('f'.repeat(40))).rejects.toMatchObject({ code: 'git_failed' });
  });

  it('leaves neither token nor address in the mirror, so that no other git can fetch with it', async () => {
    const server = await gitServer();
    server.commit(numbered(3));
    const { source, directory: folder } = server.mirror();
    await (await source.workspaceAt((await source.fetch('refs/heads/main')) ?? '')).search('f1', 1);
    const kept = execFileSync('sh', ['-c', `cat "${folder}/7.git/config"; ls -R "${folder}"`]).toString();
    expect(kept).not.toMatch(/a-secret-token|127\.0\.0\.1|promisor = /);
  });

  it('makes one pack of many, with nothing lost', async () => {
    const server = await gitServer();
    server.commit(numbered(3));
    const { source, directory: folder } = server.mirror();
    await source.fetch('refs/heads/main');
    const gitDir = join(folder, '7.git');
    for (let pack = 0; pack < 60; pack++) {
      const blob = git(gitDir, `${pack}\n`, 'hash-object', '-w', '--stdin');
      git(gitDir, blob, 'pack-objects', '--quiet', join(gitDir, 'objects/pack/pack'));
    }
    const packs = () => readdirSync(join(gitDir, 'objects/pack')).filter((name) => name.endsWith('.pack'));
    expect(packs().length).toBeGreaterThan(60);
    server.commit({ 'src/f1.ts': 'changed\n' });
    const workspace = await source.workspaceAt((await source.fetch('refs/heads/main')) ?? '');
    expect(packs().length).toBeLessThan(5);
    expect(text(await workspace.read('src/f1.ts'))).toBe('changed\n');
    expect(text(await workspace.read('src/f2.ts'))).toBe('export const f2 = 2;\n');
  });
});

describe('a hostile repository', () => {
  it('starts nothing, filters nothing, fetches from nowhere else', async () => {
    const server = await gitServer();
    server.commit({
      '.gitattributes': '* filter=pwn diff=pwn merge=pwn text eol=crlf working-tree-encoding=UTF-16\n',
      '.gitconfig': '[core]\n\tfsmonitor = touch pwned\n',
      '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c "touch pwned"\n',
      'hooks/post-checkout': '#!/bin/sh\ntouch pwned\n',
      'src/a.ts': 'export const a = 1;\n',
    });
    server.commit({ 'src/a.ts': 'export const a = 2;\n' });
    const { source, directory: folder } = server.mirror();
    const commit = (await source.fetch('refs/heads/main')) ?? '';
    await (await source.workspaceAt(commit)).search('a', 1);
    // As if a config of the repository's own had come to stand there.
    const gitDir = join(folder, '7.git');
    const evil = [
      '[remote "origin"]\n\tpromisor = true\n\turl = "ext::sh -c \\"touch pwned\\""\n',
      '[diff "pwn"]\n\tcommand = touch pwned\n\ttextconv = touch pwned\n',
      '[filter "pwn"]\n\tsmudge = touch pwned\n\tclean = touch pwned\n',
      '[core]\n\tfsmonitor = touch pwned\n\tsshCommand = touch pwned\n\thooksPath = hooks\n',
      '[log]\n\tshowSignature = true\n[gpg]\n\tprogram = touch pwned\n',
    ];
    writeFileSync(join(gitDir, 'config'), `[core]\n\tbare = true\n${evil.join('')}`);
    mkdirSync(join(gitDir, 'hooks'), { recursive: true });
    for (const hook of ['post-checkout', 'reference-transaction', 'post-index-change'])
      writeFileSync(join(gitDir, 'hooks', hook), '#!/bin/sh\ntouch pwned\n', { mode: 0o755 });

    await source.fetch('refs/heads/main');
    const workspace = await source.workspaceAt(commit);
    expect(text(await workspace.read('src/a.ts'))).toBe('export const a = 2;\n');
    expect(await workspace.search('a = 2', 9)).toMatchObject([{ path: 'src/a.ts' }]);
    expect(await workspace.past?.touched(10)).toEqual([['src/a.ts']]);
    const earlier = server.git('rev-parse', 'main~1');
    expect((await workspace.past?.changesSince(earlier))?.patch).toContain('+export const a = 2;');
    server.commit({ 'src/b.ts': 'not here yet\n' });
    const next = await source.workspaceAt((await source.fetch('refs/heads/main')) ?? '');
    await expect(next.read('src/b.ts')).rejects.toMatchObject({ code: 'git_failed' });
    const found = execFileSync('find', [
      folder,
      process.cwd(),
      '-maxdepth',
      '3',
      '-name',
      'pwned',
    ]).toString();
    expect(found).toBe('');
  });
});

describe('what git knows beyond the commit', () => {
  it('touched paths newest first, without where the fetched history begins', async () => {
    const server = await gitServer();
    server.commit(numbered(5));
    for (let push = 0; push < 60; push++)
      server.commit({ 'src/f1.ts': `${push}\n`, 'src/f2.ts': `${push}\n` });
    server.commit({ 'src/ü.ts': 'x\n' });
    const { source } = server.mirror();
    const workspace = await source.workspaceAt((await source.fetch('refs/heads/main')) ?? '');
    const touched = await workspace.past?.touched(500);
    expect(touched?.[0]).toEqual(['src/ü.ts']);
    expect(touched?.slice(1).every((paths) => paths.join() === 'src/f1.ts,src/f2.ts')).toBe(true);
    expect(touched).toHaveLength(49);
  });

  it('a branch against the commit at which it left, also when that lies further back than the fetch', async () => {
    const server = await gitServer();
    const left = server.commit({ 'a.txt': 'one\n', 'b.txt': 'one\n' });
    server.git('branch', 'topic');
    server.commit({ 'a.txt': 'two\n' }, 'topic');
    server.commits(Array.from({ length: 80 }, (_, push) => ({ 'b.txt': `${push}\n` })));
    const { source } = server.mirror();
    const base = (await source.fetch('refs/heads/main')) ?? '';
    const head = (await source.fetch('refs/heads/topic')) ?? '';
    const changes = await (await source.workspaceAt(head)).past?.changesSince(base);
    expect(changes).toMatchObject({
      from: left,
      isMergeBase: true,
      files: [{ path: 'a.txt', status: 'M' }],
    });
    expect(changes?.patch).toContain('-one\n+two\n');
    expect(changes?.patch).not.toContain('b.txt');
  });

  it('says so when two commits have no line in common', async () => {
    const server = await gitServer();
    server.commit({ 'a.txt': 'one\n' });
    server.commit({ 'a.txt': 'two\n' }, 'other');
    const { source } = server.mirror();
    const base = (await source.fetch('refs/heads/main')) ?? '';
    const head = (await source.fetch('refs/heads/other')) ?? '';
    const changes = await (await source.workspaceAt(head)).past?.changesSince(base);
    expect(changes).toMatchObject({ from: base, isMergeBase: false });
  });
});

describe('mirrors that nobody needs', () => {
  const DAY = 24 * 60 * 60_000;

  async function mirrors(ages: Readonly<Record<string, number>>): Promise<string> {
    const root = await directory();
    for (const [name, days] of Object.entries(ages)) {
      const packs = join(root, name, 'objects/pack');
      mkdirSync(packs, { recursive: true });
      writeFileSync(join(packs, 'pack-1.pack'), Buffer.alloc(1_000));
      const at = new Date(Date.now() - days * DAY);
      utimesSync(join(root, name), at, at);
    }
    return root;
  }

  it('go, longest rested first, until the others fit; never one that is read or was used today', async () => {
    const root = await mirrors({ '1.git': 9, '2.git': 30, '3.git': 20, '4.git': 0, '5.git': 2, notes: 90 });
    const isRead = (gitDir: string) => gitDir.endsWith('2.git');
    const removed = await removeOldMirrors(root, isRead, { bytes: 3_000, restMs: DAY });
    expect(removed.map((gitDir) => gitDir.slice(root.length + 1))).toEqual(['3.git', '1.git']);
    expect(readdirSync(root).sort()).toEqual(['2.git', '4.git', '5.git', 'notes']);
    expect(await removeOldMirrors(root, isRead, { bytes: 0, restMs: DAY })).toHaveLength(1);
    expect(existsSync(join(root, '2.git'))).toBe(true);
    expect(existsSync(join(root, '4.git'))).toBe(true);
  });

  it('what was being removed, or made, when the process ended is removed', async () => {
    const root = await mirrors({ '1.git.gone': 0, '2.git': 1, '3.git.a.new': 1, '4.git.b.new': 0 });
    await removeOldMirrors(root, () => false, { bytes: 3_000, restMs: DAY });
    expect(readdirSync(root).sort()).toEqual(['2.git', '4.git.b.new']);
  });
});

function blobsIn(gitDir: string): number {
  const types = git(gitDir, '', 'cat-file', '--batch-all-objects', '--batch-check=%(objecttype)');
  return types.split('\n').filter((type) => type === 'blob').length;
}

function git(gitDir: string, input: string, ...args: string[]): string {
  return execFileSync('git', ['--git-dir', gitDir, ...args], { input })
    .toString()
    .trim();
}
