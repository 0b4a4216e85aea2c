import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { closeLater } from '../closing.ts';

/** What to put in a directory: text, an executable's text, or where a link points. */
export type Content = string | Uint8Array | { readonly executable: string } | { readonly link: string };

/** A fresh directory with files, gone when the tests of the file are over. */
export async function directory(files: Readonly<Record<string, Content>> = {}): Promise<string> {
  const root = mkdtempSync(join(tmpdir(), 'conductor-cli-'));
  closeLater(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    if (typeof content === 'string' || content instanceof Uint8Array) await writeFile(file, content);
    else if ('link' in content) await symlink(content.link, file);
    else {
      await writeFile(file, content.executable);
      await chmod(file, 0o755);
    }
  }
  return root;
}

/** A git checkout with one commit of these files; gives its folder and the commit. */
export async function checkout(
  files: Readonly<Record<string, Content>>,
): Promise<{ root: string; commit: string }> {
  const root = await directory(files);
  git(root, 'init', '--quiet');
  git(root, 'add', '--all');
  git(root, 'commit', '--quiet', '--allow-empty', '-m', 'base');
  return { root, commit: git(root, 'rev-parse', 'HEAD').trim() };
}

/** Runs git as a fixed person, without the machine's own settings. */
export function git(cwd: string, ...args: string[]): string {
  const person = {
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
  };
  const env = { PATH: process.env.PATH, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', ...person };
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
