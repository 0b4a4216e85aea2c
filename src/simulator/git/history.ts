import { git, gitText, runGit } from './run.ts';

/** The best common ancestor of two commits, or null when their histories never met. */
export async function mergeBase(directory: string, a: string, b: string): Promise<string | null> {
  const { code, stdout } = await runGit(directory, ['merge-base', a, b], { accept: [0, 1] });
  return code === 0 ? stdout.toString().trim() : null;
}

/** Is `ancestor` reachable from `commit` (or the same)? */
export async function isAncestor(directory: string, ancestor: string, commit: string): Promise<boolean> {
  const { code } = await runGit(directory, ['merge-base', '--is-ancestor', ancestor, commit], {
    accept: [0, 1],
  });
  return code === 0;
}

/** How many commits `head` has that `base` lacks, and the other way round. */
export async function aheadBehind(
  directory: string,
  base: string,
  head: string,
): Promise<{ ahead: number; behind: number }> {
  const output = await gitText(directory, ['rev-list', '--left-right', '--count', `${base}...${head}`]);
  const [behind, ahead] = output.split('\t').map(Number) as [number, number];
  return { ahead, behind };
}

/** The ids of the commits in `head` and not in `base`, oldest first. */
export async function commitsBetween(directory: string, base: string, head: string): Promise<string[]> {
  const output = await gitText(directory, ['rev-list', '--reverse', '--topo-order', `${base}..${head}`]);
  return output === '' ? [] : output.split('\n');
}

/** The paths that differ between two commits (or since nothing), renames counted as delete and add. */
export async function changedPaths(
  directory: string,
  before: string | null,
  after: string,
): Promise<{ status: string; path: string }[]> {
  const args = before === null ? ['--root', after] : [before, after];
  const fields = (
    await git(directory, [
      'diff-tree',
      '-r',
      '-z',
      '--no-commit-id',
      '--name-status',
      '--no-renames',
      ...args,
    ])
  )
    .toString()
    .split('\0');
  const changes: { status: string; path: string }[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2)
    changes.push({ status: fields[at]!, path: fields[at + 1]! });
  return changes;
}
