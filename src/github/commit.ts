import type { FileChange } from '../changes/file-change.ts';
import { commitMessage } from '../messages/commit-message.ts';
import type { ApprovedChange, Base } from '../runs/ports.ts';
import type { RunId } from '../runs/run-id.ts';
import type { Writing } from './writing.ts';

/**
 * Makes the commit that a change is, which no ref points to yet: a tree on top of its base's, and a commit on top of
 * its base; for a pull request whose base moved, on top of its head first, so that every commit of its branch stays.
 */
export async function makeCommit(
  { client, request, source }: Writing,
  change: ApprovedChange,
): Promise<{ readonly sha: string; readonly tree: string }> {
  const { owner, name: repo } = request.repository;
  const { data: tree } = await client.git.createTree({
    owner,
    repo,
    base_tree: await source.treeOf(change.base.commit),
    tree: change.files.flatMap(treeEntries),
  });
  const { data: commit } = await client.git.createCommit({
    owner,
    repo,
    tree: tree.sha,
    parents: parentsOf(change.base),
    message: commitMessage(request, change),
  });
  return { sha: commit.sha, tree: tree.sha };
}

function parentsOf({ commit, pull }: Base): string[] {
  return pull?.own && pull.head !== commit ? [pull.head, commit] : [commit];
}

/** What a commit message's last paragraph says behind `name:`; null where it does not. */
export function trailerOf(message: string, name: string): string | null {
  const trailers = message.trimEnd().split('\n\n').at(-1) ?? '';
  const line = trailers.split('\n').find((each) => each.startsWith(`${name}: `));
  return line?.slice(name.length + 2).trim() ?? null;
}

/** Whether this run made a commit: the trailer says so, and its tree is the one that the run would make. */
export async function isOwnCommit(
  { read, request }: Writing,
  sha: string,
  run: RunId,
  tree: string,
): Promise<boolean> {
  const { owner, name: repo } = request.repository;
  const { data } = await read.git.getCommit({ owner, repo, commit_sha: sha });
  return data.message.includes(`Conductor-Run: ${run}\n`) && data.tree.sha === tree;
}

type TreeEntry =
  | { path: string; mode: '100644' | '100755'; type: 'blob'; content: string }
  | { path: string; mode: '100644'; type: 'blob'; sha: null };

function treeEntries(file: FileChange): TreeEntry[] {
  const gone = (path: string): TreeEntry => ({ path, mode: '100644', type: 'blob', sha: null });
  const mode = file.mode === '100755' ? '100755' : '100644';
  const entries: TreeEntry[] = file.from === null ? [] : [gone(file.from)];
  entries.push(
    file.after === null ? gone(file.path) : { path: file.path, mode, type: 'blob', content: file.after },
  );
  return entries;
}
