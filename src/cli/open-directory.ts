import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ChangeError } from '../changes/change-error.ts';
import { linesOf, withoutFinalLineEnd } from '../changes/lines.ts';
import type { SearchMatch, Workspace, WorkspaceEntry } from '../changes/workspace.ts';
import { GitError, gitEnvironment } from '../github/git.ts';
import { openGitWorkspace } from '../github/git-workspace.ts';

/** A directory that can't be opened as asked. */
class DirectoryError extends Error {
  readonly code: 'no_such_directory' | 'no_commit' | 'git_failed';
  readonly hint: string;

  constructor(code: DirectoryError['code'], message: string, hint: string) {
    super(message);
    this.name = 'DirectoryError';
    this.code = code;
    this.hint = hint;
  }
}

/**
 * Opens a directory for reading. One that holds a `.git` is a checkout: its HEAD commit is read, through git's
 * objects, and never its files. Any other is a plain folder at the commit `folder`: its files as they are, symbolic
 * links listed and never followed, `.git` left out. Throws DirectoryError.
 */
export async function openDirectory(directory: string): Promise<Workspace> {
  const root = await realpath(directory).catch(() => null);
  if (root === null || !(await lstat(root)).isDirectory()) {
    throw new DirectoryError(
      'no_such_directory',
      `There is no directory ${directory}.`,
      'Name a folder that exists.',
    );
  }
  const isCheckout = await lstat(join(root, '.git')).then(
    () => true,
    () => false,
  );
  return isCheckout ? openCheckout(root) : openFolder(root);
}

async function openCheckout(root: string): Promise<Workspace> {
  const gitDir = await ask(root, ['rev-parse', '--absolute-git-dir']);
  if (gitDir === null) {
    throw new DirectoryError(
      'git_failed',
      `git does not take ${root} for a repository.`,
      'Check it with git status.',
    );
  }
  const head = await ask(root, ['rev-parse', '--verify', '--quiet', '--end-of-options', 'HEAD^{commit}']);
  if (head === null) {
    throw new DirectoryError(
      'no_commit',
      `${root} has no commit yet.`,
      'Make a first commit, or name a plain folder.',
    );
  }
  return openGitWorkspace(gitDir, head);
}

/** What git answers about the repository in `root` itself, and in no folder above it; null when it refuses. */
async function ask(root: string, args: readonly string[]): Promise<string | null> {
  const env = { ...gitEnvironment(), GIT_CEILING_DIRECTORIES: join(root, '..') };
  try {
    return (await promisify(execFile)('git', [...args], { cwd: root, env })).stdout.trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return null;
    throw new GitError('git_missing', 'The git command was not found.', null);
  }
}

async function openFolder(root: string): Promise<Workspace> {
  const entries = await entriesOf(root, '');
  const modes = new Map(entries.map(({ path, mode }) => [path, mode]));

  async function read(path: string): Promise<Uint8Array | null> {
    const mode = modes.get(path);
    if (mode === undefined) return null;
    if (mode === '120000') return new TextEncoder().encode(await readlink(join(root, path)));
    // Not followed even when the file was swapped for a link after it was listed.
    const file = await open(join(root, path), constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      return new Uint8Array(await file.readFile());
    } finally {
      await file.close();
    }
  }

  async function search(text: string, limit: number): Promise<SearchMatch[]> {
    const matches: SearchMatch[] = [];
    if (text === '' || text.includes('\n')) return matches;
    for (const { path, mode } of entries) {
      const bytes = mode === '120000' ? null : await read(path);
      if (bytes === null || bytes.includes(0)) continue;
      for (const [index, line] of linesOf(new TextDecoder().decode(bytes)).entries()) {
        if (matches.length >= limit) return matches;
        if (line.includes(text)) matches.push({ path, line: index + 1, text: withoutFinalLineEnd(line) });
      }
    }
    return matches;
  }

  return {
    commit: 'folder',
    past: null,
    list: async () => entries,
    sizeOf: async (path) => (modes.has(path) ? (await lstat(join(root, path))).size : null),
    read,
    prefetch: async () => undefined,
    search,
  };
}

/** Every file below a folder, sorted by path. What is neither file, folder nor link is passed over. */
async function entriesOf(root: string, folder: string): Promise<WorkspaceEntry[]> {
  const found = await readdir(join(root, folder), { withFileTypes: true });
  const nested = found.map(async (item): Promise<WorkspaceEntry[]> => {
    const path = folder === '' ? item.name : `${folder}/${item.name}`;
    if (item.name.toLowerCase() === '.git') return [];
    if (item.isDirectory()) return entriesOf(root, path);
    if (!item.isFile() && !item.isSymbolicLink()) return [];
    const { mode } = await lstat(join(root, path));
    const kind = item.isSymbolicLink() ? '120000' : (mode & 0o100) > 0 ? '100755' : '100644';
    return [{ path, mode: kind }];
  });
  return (await Promise.all(nested)).flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** What is wrong with a directory as an error value; null for anything else, which is a mistake of ours. */
export function directoryError(error: unknown): ChangeError | null {
  if (error instanceof DirectoryError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof GitError) {
    const hint = error.code === 'git_missing' ? 'Install git 2.38 or newer.' : 'Check the repository.';
    return { code: error.code, message: error.message, hint };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM' || code === 'ELOOP'
    ? { code: 'unreadable_file', message, hint: 'Check the permissions of the files.' }
    : null;
}
