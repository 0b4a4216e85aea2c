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
