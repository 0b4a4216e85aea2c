import type { Workspace } from '../changes/workspace.ts';
import { type BlobReader, openBlobReader } from './blob-reader.ts';
import { GitError } from './git.ts';
import { grep } from './git-grep.ts';
import { gitPast, type Rest } from './git-past.ts';
import { listTree } from './git-tree.ts';
import { heldBlobs } from './held-blobs.ts';

/** A workspace on a git repository; `close` ends the git process that it may hold. It never keeps a program alive. */
export interface GitWorkspace extends Workspace {
  close(): void;
}

/**
 * Opens a commit of a repository for reading, through git's own objects: no work tree, no index, no filters, no
 * replaced objects, and no network but what `rest` fetches. `gitDir` is the `.git` folder or a bare repository; `commit`
 * a full hash; `rest` null: the repository is whole.
 *
 * Throws GitError where there is no such commit; `commit` is checked here, so no name reaches git's arguments.
 */
export async function openGitWorkspace(
  gitDir: string,
  commit: string,
  rest: Rest | null = null,
): Promise<GitWorkspace> {
  if (!isFullHash(commit)) {
    const shown = JSON.stringify(commit.slice(0, 80));
    throw new GitError('git_failed', `${shown} is not a full commit hash.`, null);
  }
  const tree = await listTree(gitDir, commit);
  const { entries, objects } = tree;
  const held = rest && heldBlobs(gitDir, tree, rest);
  let places: ReadonlyMap<string, number> | null = null;
  let blobs: BlobReader | null = null;

  function objectAt(path: string): string | null {
    places ??= new Map(entries.map((entry, at) => [entry.path, at]));
    const at = places.get(path);
    return at === undefined || entries[at]?.mode === '160000' ? null : (objects[at] ?? null);
  }

  /** Asks git about a file; about one that is not here again, once it is. */
  async function ask<T>(path: string, question: (reader: BlobReader, object: string) => Promise<T | null>) {
    const object = objectAt(path);
    if (object === null) return null;
    blobs ??= openBlobReader(gitDir);
    const answer = await question(blobs, object);
    if (answer !== null) return answer;
    await held?.holdAround(path);
    blobs ??= openBlobReader(gitDir);
    const again = held ? await question(blobs, object) : null;
    if (again !== null) return again;
    throw new GitError('git_failed', `The repository has no file content ${object}.`, null);
  }

  return {
    commit,
    past: gitPast(gitDir, commit, rest, async (objects) => held?.holdObjects(objects)),
    list: async () => entries,
    sizeOf: (path) => ask(path, (reader, object) => reader.sizeOf(object)),
    read: (path) => ask(path, (reader, object) => reader.read(object)),
    prefetch: async (paths) => held?.hold(paths),

    async search(text, limit) {
      await held?.holdAll();
      return grep(gitDir, commit, text, limit);
    },

    close() {
      blobs?.close();
      blobs = null;
    },
  };
}

export function isFullHash(commit: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit);
}
