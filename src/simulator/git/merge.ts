import { commitsBetween } from './history.ts';
import { readCommit, type Signature, writeCommit } from './objects.ts';
import { runGit } from './run.ts';

/** The tree that merging `theirs` into `ours` gives, or null when they conflict. */
export async function mergeTrees(directory: string, ours: string, theirs: string): Promise<string | null> {
  const { code, stdout } = await runGit(
    directory,
    ['merge-tree', '--write-tree', '--allow-unrelated-histories', ours, theirs],
    {
      accept: [0, 1],
    },
  );
  return code === 0 ? stdout.toString().split('\n')[0]!.trim() : null;
}

/**
 * Replays the commits of `head` that `base` lacks on top of `base`, as "Rebase and merge" does, and
 * returns the last one; null at the first conflict or merge commit.
 */
export async function rebaseOnto(
  directory: string,
  base: string,
  head: string,
  committer: Signature,
): Promise<string | null> {
  let tip = base;
  for (const sha of await commitsBetween(directory, base, head)) {
    const commit = await readCommit(directory, sha);
    const [parent, second] = commit.parents;
    if (parent === undefined || second !== undefined) return null;
    // git 2.39's merge-tree takes no explicit base: a stand-in commit with the tip's tree and the
    // replayed commit's parent makes that parent the merge base, which is what a cherry-pick is.
    const { tree } = await readCommit(directory, tip);
    const standIn = await writeCommit(directory, {
      tree,
      parents: [parent],
      author: committer,
      committer,
      message: 'stand-in',
    });
    const merged = await mergeTrees(directory, standIn, sha);
    if (merged === null) return null;
    tip = await writeCommit(directory, { ...commit, tree: merged, parents: [tip], committer });
  }
  return tip;
}

/** The tree of `tip` without what the commits after `from`, up to `to`, have changed; null when that conflicts. */
export async function revertTree(
  directory: string,
  tip: string,
  { from, to }: { readonly from: string; readonly to: string },
  committer: Signature,
): Promise<string | null> {
  // As in a rebase: two stand-ins with the same parent, so that `to` is what both are compared with.
  const [ours, theirs] = await Promise.all(
    [tip, from].map(async (sha) => {
      const { tree } = await readCommit(directory, sha);
      const standIn = { tree, parents: [to], author: committer, committer, message: 'stand-in' };
      return writeCommit(directory, standIn);
    }),
  );
  return mergeTrees(directory, ours!, theirs!);
}
