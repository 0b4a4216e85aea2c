import { createHash } from 'node:crypto';
import { lchown, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalName } from '../../changes/canonical-path.ts';
import type { Workspace, WorkspaceEntry } from '../../changes/workspace.ts';
import { type Cage, makeFolder, putFile } from './cage.ts';
import { CageError, failure } from './failures.ts';

/** What stands in the copy before the CLI comes to it. */
export interface CopiedFile {
  readonly mode: '100644' | '100755' | '120000';
  readonly size: number;
  /** SHA-256 of its bytes, or of a symbolic link's target; hex. */
  readonly digest: string;
}

/** A repository that is larger is no piece of work for a throw-away copy. */
const MOST_FILES = 200_000;
const MOST_BYTES = 2 * 1024 ** 3;
const AT_ONCE = 32;

/**
 * Writes the files of a workspace into the cage's copy; gives what was written, by path. Left out: submodules, symbolic
 * links that point out of the copy, and paths that a folder can't hold. Throws CageError `cli_repository_too_large`.
 */
export async function writeCopy(cage: Cage, workspace: Workspace): Promise<ReadonlyMap<string, CopiedFile>> {
  const entries = (await workspace.list()).filter(({ path }) => isPlain(path));
  if (entries.length > MOST_FILES) throw tooLarge(`${entries.length} files`);
  await workspace.prefetch(entries.map(({ path }) => path));
  let size = 0;
  await inBatches(entries, async ({ path }) => {
    size += (await workspace.sizeOf(path)) ?? 0;
  });
  if (size > MOST_BYTES) throw tooLarge(`${Math.round(size / 1024 ** 2)} MiB`);

  const copied = new Map<string, CopiedFile>();
  const folderOf = oncePerFolder(cage);
  const written = async ({ path, mode }: WorkspaceEntry): Promise<void> => {
    if (mode === '160000') return;
    const bytes = await workspace.read(path);
    if (bytes === null) return;
    const at = join(cage.copy, path);
    const done = await unlessTaken(async () => {
      if (mode !== '120000') {
        await folderOf(at);
        await putFile(at, bytes, mode === '100755' ? 0o755 : 0o644, cage.owner);
        return true;
      }
      const target = Buffer.from(bytes).toString();
      if (!Buffer.from(target).equals(bytes) || !staysInside(path, target)) return false;
      await folderOf(at);
      await symlink(target, at);
      if (cage.owner) await lchown(at, cage.owner.uid, cage.owner.gid);
      return true;
    });
    if (done) copied.set(path, { mode, size: bytes.byteLength, digest: digestOf(bytes) });
  };
  // Links last, so that no file is written through one.
  const isLink = ({ mode }: WorkspaceEntry) => mode === '120000';
  await inBatches(
    entries.filter((entry) => !isLink(entry)),
    written,
  );
  await inBatches(entries.filter(isLink), written);
  return copied;
}

async function inBatches<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < all.length; at += AT_ONCE) {
    await Promise.all(all.slice(at, at + AT_ONCE).map(work));
  }
}

function oncePerFolder(cage: Cage): (path: string) => Promise<void> {
  const made = new Map<string, Promise<void>>();
  return (path) => {
    const folder = dirname(path);
    const making = made.get(folder) ?? makeFolder(folder, cage.owner);
    made.set(folder, making);
    return making;
  };
}

export function digestOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** git stores no other paths; a tree that was not made by git may. */
function isPlain(path: string): boolean {
  return path.split('/').every((part) => {
    return (
      part !== '' && part !== '..' && part !== '.' && !part.includes('\0') && canonicalName(part) !== '.git'
    );
  });
}

/**
 * Does a symbolic link at `path` lead nowhere but into the copy? Only a target that goes up first, and then down, is
 * taken: behind another link `..` would lead up from where that one leads to. The folders above `path` are no links.
 */
export function staysInside(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\0')) return false;
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const down = parts.findIndex((part) => part !== '..');
  const ups = down < 0 ? parts.length : down;
  const below = parts.slice(ups);
  if (below.includes('..') || below.some((part) => canonicalName(part) === '.git')) return false;
  return ups < path.split('/').length;
}

/**
 * False where nothing was written: on purpose, or because the file system can't hold the path, or tells no case, or no
 * spelling, from another and has one like it.
 */
async function unlessTaken(write: () => Promise<boolean>): Promise<boolean> {
  try {
    return await write();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'ENAMETOOLONG' || code === 'EILSEQ') return false;
    throw error;
  }
}

function tooLarge(what: string): CageError {
  return new CageError(
    failure(
      'cli_repository_too_large',
      `The repository has ${what}; a CLI gets a copy of at most ${MOST_FILES} files and ${MOST_BYTES / 1024 ** 2} MiB.`,
      'Ask an agent without a runner: it reads files where they are.',
    ),
  );
}
