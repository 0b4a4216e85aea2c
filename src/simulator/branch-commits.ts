import type { Act } from './act.ts';
import { accountOf } from './actor.ts';
import { writeBlobs, writeCommit } from './git/objects.ts';
import { branchTip } from './git/refs.ts';
import { editTree, isTreePath, listTree, type TreeEdit } from './git/trees.ts';
import { pushBlockedBy } from './protections.ts';
import { isWorkflow, lacksWorkflows, pushRef, workflowRefusal } from './pushes.ts';
import { unprocessable } from './refusal.ts';
import { noreply } from './render/git.ts';
import { type Repository, timestamp } from './state.ts';

/** What one commit does to a branch's files. */
export interface BranchCommit {
  readonly branch: string;
  readonly expected: string;
  readonly message: string;
  readonly additions: readonly { readonly path: string; readonly content: Buffer }[];
  readonly deletions: readonly string[];
}

/**
 * Commits files on top of a branch, if it still stands where the caller believes: `createCommitOnBranch`. A file that
 * is there keeps its mode, a new one is plain; the author is the actor, and GitHub commits and signs.
 *
 * @returns the new commit's id, or `stale` when the branch stands elsewhere
 * @throws Refusal for paths, workflow files and protected branches, as the calls of REST that push
 */
export async function commitOnBranch(
  act: Act,
  repository: Repository,
  change: BranchCommit,
): Promise<string | 'stale'> {
  const { world, actor } = act;
  const { directory } = repository;
  const { branch, expected, message, additions, deletions } = change;
  if ((await branchTip(directory, branch)) !== expected) return 'stale';
  checkPaths(act, change);
  const files = await listTree(directory, expected, { recursive: true });
  const modes = new Map(files.map(({ path, type, mode }) => [path, type === 'tree' ? null : mode]));
  for (const path of deletions) {
    if (!modes.get(path))
      throw unprocessable(
        `A path was requested for deletion which does not exist as of commit oid \`${expected}\``,
      );
  }
  const blobs = await writeBlobs(
    directory,
    additions.map(({ content }) => content),
  );
  const edits: TreeEdit[] = [
    ...deletions.map((path) => ({ path, mode: modes.get(path)!, sha: null })),
    ...additions.map(({ path }, index) => ({ path, mode: modes.get(path) ?? '100644', sha: blobs[index]! })),
  ];
  const tree = await editTree(directory, expected, edits);
  const account = accountOf(actor);
  const date = timestamp(world);
  const sha = await writeCommit(directory, {
    tree,
    parents: [expected],
    author: { name: account.name ?? account.login, email: noreply(account), date },
    committer: { name: 'GitHub', email: 'noreply@github.com', date },
    message,
  });
  const ref = `refs/heads/${branch}`;
  const blocked = pushBlockedBy(repository, actor, ref, { after: sha, created: false, forced: false });
  if (blocked !== null) throw unprocessable(`Protected branch update failed for ${ref}. ${blocked}`);
  world.signedCommits.add(sha);
  return (await pushRef(act, repository, { ref, before: expected, after: sha })) ? sha : 'stale';
}

function checkPaths({ actor }: Act, { additions, deletions }: BranchCommit): void {
  const paths = [...additions.map(({ path }) => path), ...deletions];
  if (!paths.every(isTreePath))
    throw unprocessable('A path was requested that is not a valid path in a tree.');
  if (new Set(paths).size < paths.length)
    throw unprocessable('A path was requested more than once in the same commit.');
  if (lacksWorkflows(actor) && paths.some(isWorkflow)) throw workflowRefusal();
}
