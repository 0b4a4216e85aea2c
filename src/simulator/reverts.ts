import type { Act } from './act.ts';
import { accountOf } from './actor.ts';
import { revertTree } from './git/merge.ts';
import { type Signature, writeCommit } from './git/objects.ts';
import { branchTip } from './git/refs.ts';
import { unprocessable } from './refusal.ts';
import { noreply } from './render/git.ts';
import { type PullThread, type Repository, timestamp } from './state.ts';

/**
 * The commit that takes back what a pull request brought, on top of its base as that is now. Nothing moves yet.
 *
 * @throws Refusal 422 where it was never merged, or where git finds a conflict with what came after it
 */
export async function revertCommit(
  { world, actor }: Act,
  repository: Repository,
  thread: PullThread,
): Promise<string> {
  const { directory } = repository;
  const { merged, mergeCommitSha, base } = thread.pull;
  const tip = await branchTip(directory, base.ref);
  if (merged === null || mergeCommitSha === null || tip === null)
    throw unprocessable('Pull request is not merged, and cannot be reverted.');
  const github: Signature = { name: 'GitHub', email: 'noreply@github.com', date: timestamp(world) };
  const tree = await revertTree(directory, tip, { from: merged.before, to: mergeCommitSha }, github);
  if (tree === null)
    throw unprocessable(
      'This pull request cannot be reverted automatically: it conflicts with later changes.',
    );
  const account = accountOf(actor);
  const sha = await writeCommit(directory, {
    tree,
    parents: [tip],
    author: { ...github, name: account.name ?? account.login, email: noreply(account) },
    committer: github,
    message: `Revert "${thread.title} (#${thread.number})"\n\nThis reverts commit ${mergeCommitSha}.`,
  });
  world.signedCommits.add(sha);
  return sha;
}
