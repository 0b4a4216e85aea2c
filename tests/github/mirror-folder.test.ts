import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Workspace } from '../../src/changes/workspace.ts';
import { gitServer } from './git-server.ts';

const FILES = { 'src/f1.ts': 'one\n' };
const textOf = async (workspace: Workspace) => String(Buffer.from((await workspace.read('src/f1.ts')) ?? []));

function rmAllBut(folder: string, kept: string): void {
  for (const name of readdirSync(folder))
    if (name !== kept) rmSync(join(folder, name), { recursive: true, force: true });
}

describe('what a killed process left of a mirror', () => {
  /** A mirror that main was fetched into, as far as a kill let it come. */
  async function leftBehind(spoil: (gitDir: string) => void) {
    const server = await gitServer();
    const commit = server.commit(FILES);
    const { source, directory: folder } = server.mirror();
    await source.fetch('refs/heads/main');
    const gitDir = join(folder, '7.git');
    const local = execFileSync('git', ['--git-dir', gitDir, 'for-each-ref', '--format=%(refname)'])
      .toString()
      .trim();
    spoil(gitDir);
    return { server, source, folder, gitDir, commit, local };
  }

  it.each<[string, (gitDir: string) => void]>([
    ['a folder with a config and nothing else', (gitDir) => rmAllBut(gitDir, 'config')],
    ['no objects', (gitDir) => rmSync(join(gitDir, 'objects'), { recursive: true })],
    [
      'the lock of a config that was never written',
      (gitDir) => renameSync(join(gitDir, 'config'), join(gitDir, 'config.lock')),
    ],
    ['the lock of its history', (gitDir) => writeFileSync(join(gitDir, 'shallow.lock'), '')],
  ])('%s does not keep the repository from being read', async (_, spoil) => {
    const { source, folder, commit } = await leftBehind(spoil);
    expect(await source.fetch('refs/heads/main')).toBe(commit);
    const workspace = await source.workspaceAt(commit);
    expect(await textOf(workspace)).toBe('one\n');
    expect(readdirSync(folder)).toEqual(['7.git']);
  });

  it('nor does the lock of a ref, when the ref moves, and of a commit that is fetched by its name', async () => {
    const { server, source, gitDir, local } = await leftBehind(() => undefined);
    const lock = join(gitDir, `${local}.lock`);
    const moved = server.commit({ 'src/f1.ts': 'moved\n' });
    writeFileSync(lock, '');
    expect(await source.fetch('refs/heads/main')).toBe(moved);
    expect(existsSync(lock)).toBe(false);
    const named = server.commit({ 'src/f1.ts': 'named\n' });
    writeFileSync(join(gitDir, 'shallow.lock'), '');
    expect(await textOf(await source.workspaceAt(named))).toBe('named\n');
  });
});

describe('branches that come and go', () => {
  it('a branch may stand where a folder of branches stood, and the other way round', async () => {
    const server = await gitServer();
    const { source } = server.mirror();
    for (const [branch, gone] of [['rel'], ['rel/1', 'rel'], ['rel', 'rel/1']] as const) {
      if (gone) server.git('branch', '-D', gone);
      const commit = server.commit({ 'a.txt': `${branch}\n` }, branch);
      expect(await source.fetch(`refs/heads/${branch}`)).toBe(commit);
    }
  });
});
