import { lstat, mkdir, mkdtemp, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChangeError } from '../changes/change-error.ts';
import type { FileChange } from '../changes/file-change.ts';
import { shownPath } from '../changes/paths.ts';

/**
 * Writes changes into a directory, all or nothing as far as a file system allows: every new text is on the disk
 * before the first file is touched, old files are moved aside and not overwritten, and a step that fails moves all of
 * them back. A crash between two moves leaves a `.conductor-apply-…` folder with the old files in it.
 *
 * Refuses before it writes: `work_tree_differs` when a file is not what the change was made from, or something is in
 * the way; `not_a_regular_file` for anything reached through a link. Errors while writing: `write_failed`.
 */
export async function writeFiles(root: string, files: readonly FileChange[]): Promise<ChangeError | null> {
  for (const file of files) {
    const problem = await placeProblem(root, file, files);
    if (problem) return problem;
  }
  const undo: Undo[] = [];
  let staging: string;
  try {
    staging = await mkdtemp(join(root, '.conductor-apply-'));
  } catch (error) {
    return failed(error, 'and are as they were');
  }
  try {
    await stage(staging, files);
    await moveOldAside(root, staging, files, undo);
    await putInPlace(root, staging, files, undo);
  } catch (error) {
    try {
      for (const step of undo.reverse()) await step();
    } catch {
      return failed(error, `and could not all be moved back; the old ones are in ${staging}`);
    }
    await rm(staging, { recursive: true, force: true });
    return failed(error, 'and are as they were');
  }
  await rm(staging, { recursive: true, force: true });
  return null;
}

/** Takes one step back. Steps are taken back in reverse, so each finds the directory as it left it. */
type Undo = () => Promise<unknown>;

function failed(error: unknown, state: string): ChangeError {
  const detail = error instanceof Error ? error.message : String(error);
  return {
    code: 'write_failed',
    message: `The files could not be written, ${state}: ${detail}.`,
    hint: 'Check the permissions and the free space of the directory.',
  };
}

/** Where a file was before; null for a new one. */
function oldPath({ op, path, from }: FileChange): string | null {
  return op === 'create' ? null : (from ?? path);
}

async function stage(staging: string, files: readonly FileChange[]): Promise<void> {
  for (const [index, { after, mode }] of files.entries()) {
    if (after === null) continue;
    await writeFile(join(staging, `new-${index}`), after, {
      flag: 'wx',
      mode: mode === '100755' ? 0o777 : 0o666,
    });
  }
}

async function moveOldAside(
  root: string,
  staging: string,
  files: readonly FileChange[],
  undo: Undo[],
): Promise<void> {
  for (const [index, file] of files.entries()) {
    const old = oldPath(file);
    if (old === null) continue;
    const [there, aside] = [join(root, old), join(staging, `old-${index}`)];
    await rename(there, aside);
    undo.push(async () => {
      await mkdir(dirname(there), { recursive: true });
      await rename(aside, there);
    });
  }
  // As git does: a folder goes with its last file.
  for (const file of files) {
    const old = oldPath(file);
    if (old !== null) await removeEmptyFolders(root, dirname(old));
  }
}

async function putInPlace(
  root: string,
  staging: string,
  files: readonly FileChange[],
  undo: Undo[],
): Promise<void> {
  for (const [index, { path, after }] of files.entries()) {
    if (after === null) continue;
    const there = join(root, path);
    undo.push(() => removeEmptyFolders(root, dirname(path)));
    await mkdir(dirname(there), { recursive: true });
    await rename(join(staging, `new-${index}`), there);
    undo.push(() => rm(there));
  }
}

async function removeEmptyFolders(root: string, folder: string): Promise<void> {
  for (let name = folder; name !== '.'; name = dirname(name)) {
    try {
      await rmdir(join(root, name));
    } catch {
      return;
    }
  }
}

/** Why a change can't be made in the directory as it is now; null when it can. */
async function placeProblem(
  root: string,
  file: FileChange,
  files: readonly FileChange[],
): Promise<ChangeError | null> {
  const leaving = new Set(files.map(oldPath).filter((path) => path !== null));
  const old = oldPath(file);
  if (old !== null) {
    const problem = (await linkProblem(root, old, leaving)) ?? (await contentProblem(root, old, file.before));
    if (problem) return problem;
  }
  if (file.after === null || file.path === old) return null;
  const problem = await linkProblem(root, file.path, leaving);
  if (problem) return problem;
  const there = await kindOf(join(root, file.path));
  const free = there === 'nothing' || leaving.has(file.path);
  // A folder may stand where a file comes when all its files leave; if one stays, writing fails and is undone.
  const leavesFolder = there === 'folder' && [...leaving].some((path) => path.startsWith(`${file.path}/`));
  return free || leavesFolder ? null : differs(file.path, 'something is there that the base does not have');
}

/** No part of a path may be a link: what is behind it is not in the directory. */
async function linkProblem(
  root: string,
  path: string,
  leaving: ReadonlySet<string>,
): Promise<ChangeError | null> {
  const parts = path.split('/');
  for (let count = 1; count <= parts.length; count += 1) {
    const name = parts.slice(0, count).join('/');
    const kind = await kindOf(join(root, name));
    if (kind === 'nothing') return null;
    const isFolder = count < parts.length;
    if (kind === 'other' || (isFolder && kind === 'file' && !leaving.has(name))) {
      return {
        code: 'not_a_regular_file',
        message: `${shownPath(name)} is a link or not a ${isFolder ? 'folder' : 'file'}; nothing is written there.`,
        hint: 'Replace it with a regular file or folder first.',
      };
    }
  }
  return null;
}

async function contentProblem(
  root: string,
  path: string,
  before: string | null,
): Promise<ChangeError | null> {
  if ((await kindOf(join(root, path))) !== 'file') return differs(path, 'it is not there');
  // A file that is deleted unread has no text to compare.
  if (before === null || (await readFile(join(root, path))).equals(Buffer.from(before))) return null;
  return differs(path, 'it was changed since the commit that the edits are made against');
}

async function kindOf(path: string): Promise<'nothing' | 'file' | 'folder' | 'other'> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return 'nothing';
  return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
}

function differs(path: string, what: string): ChangeError {
  return {
    code: 'work_tree_differs',
    message: `${shownPath(path)} can't be written: ${what}.`,
    hint: 'Commit or set aside your own changes, and apply again.',
  };
}
