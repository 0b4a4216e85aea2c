import { constants, type Dirent } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { shownPath } from '../../changes/paths.ts';
import { MAX_TEXT_BYTES } from '../../changes/text.ts';
import type { Cage } from './cage.ts';
import { type CopiedFile, digestOf } from './copy.ts';
import { CageError, failure } from './failures.ts';

/** What stands in the copy afterwards. `bytes`: of a file that is new or different; null where it is over a MiB. */
export interface FoundFile {
  readonly mode: '100644' | '100755' | '120000' | 'other';
  readonly digest: string;
  readonly bytes: Uint8Array | null;
}

/** So many files and folders are looked at: what is left out by .gitignore files does not count. */
const MOST_ENTRIES = 400_000;
/** A file that was there before is compared up to this size. */
const LARGEST_COMPARED = 128 * 1024 * 1024;

/**
 * Reads the copy, once nobody works there any more, and follows no link. The `.git` at its root is passed over, and so
 * is what git would ignore, unless it was there before. Throws CageError `cli_unsafe_change`, with the path, for what
 * no change set can carry, and `cli_result_too_large`.
 */
export async function walkCopy(
  cage: Cage,
  before: ReadonlyMap<string, CopiedFile>,
  ignored: ReadonlySet<string>,
): Promise<ReadonlyMap<string, FoundFile>> {
  const found = new Map<string, FoundFile>();
  const foldersBefore = foldersOf(before.keys());
  let entries = 0;

  async function walk(folder: string): Promise<void> {
    for (const entry of await listed(folder)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path === '.git') continue;
      entries += 1;
      if (entries > MOST_ENTRIES) throw tooMany();
      if (entry.name === '.git') throw unsafe(folder, 'became a repository of its own');
      if (entry.isDirectory()) {
        if (!ignored.has(`${path}/`) || foldersBefore.has(path)) await walk(path);
      } else if (before.has(path) || !isIgnored(path)) found.set(path, await look(path, entry));
    }
  }

  function isIgnored(path: string): boolean {
    if (ignored.has(path)) return true;
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      if (ignored.has(path.slice(0, at + 1))) return true;
    return false;
  }

  async function listed(folder: string): Promise<Dirent[]> {
    try {
      const at = join(cage.copy, folder);
      // The copy itself could have become a link, where the CLI runs as ourselves.
      if (!(await lstat(at)).isDirectory()) throw unsafe(folder, 'is no folder any more');
      return await readdir(at, { withFileTypes: true });
    } catch (error) {
      throw asUnsafe(error, folder, 'is a folder that can’t be read');
    }
  }

  async function look(path: string, entry: Dirent): Promise<FoundFile> {
    try {
      if (entry.isSymbolicLink())
        return { mode: '120000', digest: digestOf(await readlink(join(cage.copy, path))), bytes: null };
      if (!entry.isFile()) return { mode: 'other', digest: '', bytes: null };
      return await readRegular(cage, path, before.get(path));
    } catch (error) {
      throw asUnsafe(error, path, 'can’t be read');
    }
  }

  await walk('');
  return found;
}

/** Opened without following a link or waiting for a pipe; what counts is what was opened, not what was listed. */
async function readRegular(cage: Cage, path: string, known: CopiedFile | undefined): Promise<FoundFile> {
  const handle = await open(
    join(cage.copy, path),
    constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) throw unsafe(path, 'is no file any more');
    // A hard link to somebody else's file would have us read what its maker may not.
    if (cage.owner && stat.uid !== cage.owner.uid) throw unsafe(path, 'is not the CLI’s own file');
    const mode = (stat.mode & 0o100) !== 0 ? '100755' : '100644';
    const size = stat.size;
    if (size > MAX_TEXT_BYTES && (known?.size !== size || size > LARGEST_COMPARED))
      return { mode, digest: '', bytes: null };
    const bytes = await readAll(handle, size);
    const digest = digestOf(bytes);
    return { mode, digest, bytes: digest === known?.digest || size > MAX_TEXT_BYTES ? null : bytes };
  } finally {
    await handle.close();
  }
}

async function readAll(handle: FileHandle, size: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafe(size);
  let read = 0;
  while (read < size) {
    const { bytesRead } = await handle.read(bytes, read, size - read, read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}

function foldersOf(paths: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) folders.add(path.slice(0, at));
  }
  return folders;
}

/** What no change set can carry, and nobody should see as one. */
export function unsafe(path: string, what: string): CageError {
  return new CageError(
    failure(
      'cli_unsafe_change',
      `${path === '' ? 'The copy' : shownPath(path)} ${what}. Nothing of what the CLI did was taken.`,
      'Ask again, and say that only plain text files may be changed.',
    ),
  );
}

function asUnsafe(error: unknown, path: string, what: string): CageError {
  return error instanceof CageError ? error : unsafe(path, what);
}

function tooMany(): CageError {
  return new CageError(
    failure(
      'cli_result_too_large',
      `The CLI left more than ${MOST_ENTRIES} files behind.`,
      'Add what its tools write to .gitignore, or ask for a smaller step.',
    ),
  );
}
