import { ends, outcome, type StepResult, value } from '../runs/outcome.ts';
import type { ApprovedChange } from '../runs/ports.ts';
import type { Written } from '../runs/run-events.ts';
import { branchFor } from './branch-name.ts';
import { isOwnCommit, makeCommit } from './commit.ts';
import { refusedWrite, statusOf, translate } from './errors.ts';
import { findOwn } from './pull-request.ts';
import { type Writing, webAddress } from './writing.ts';

/**
 * Writes the change as one commit on a branch of its own: a tree, a commit, a ref. The ref is created, never moved:
 * where it exists already it is this run's (same trailer, same tree) and is kept, or the run ends without touching it.
 */
export async function pushBranch(
  writing: Writing,
  change: ApprovedChange,
): Promise<StepResult<readonly Written[]>> {
  const { client, request } = writing;
  const { owner, name: repo } = request.repository;
  const branch = branchFor(writing, change);
  try {
    const commit = await makeCommit(writing, change);
    try {
      await client.git.createRef({ owner, repo, ref: `refs/heads/${branch}`, sha: commit.sha });
    } catch (error) {
      if (statusOf(error) !== 422) throw error;
      return await adoptBranch(writing, change, branch, commit, error);
    }
    return value(branchWritten(writing, branch, commit.sha, 'created'));
  } catch (error) {
    const refusal = refusedWrite(error, `writing the branch ${branch}`);
    if (refusal) return refusal;
    throw translate(error, `writing the branch ${branch}`);
  }
}

async function adoptBranch(
  writing: Writing,
  change: ApprovedChange,
  branch: string,
  commit: { readonly sha: string; readonly tree: string },
  refusal: unknown,
): Promise<StepResult<readonly Written[]>> {
  const { read, client, request } = writing;
  const { owner, name: repo } = request.repository;
  const existing = await read.git.getRef({ owner, repo, ref: `heads/${branch}` }).catch((error: unknown) => {
    // GitHub refused the ref for another reason than its existence: that first refusal is the one to tell.
    throw statusOf(error) === 404 ? refusal : error;
  });
  const head = existing.data.object.sha;
  if (head === change.base.commit) {
    // The branch was made, and its commit was not: only forward, so that nothing of anybody's is lost.
    await client.git.updateRef({ owner, repo, ref: `heads/${branch}`, sha: commit.sha, force: false });
    return value(branchWritten(writing, branch, commit.sha, 'created'));
  }
  if (await isOwnCommit(writing, head, change.run, commit.tree)) {
    return value(branchWritten(writing, branch, head, 'adopted'));
  }
  if (writing.rivals && (await findOwn(writing, branch, change))) {
    return ends(
      outcome(
        'stopped',
        'done_elsewhere',
        'Another job for this same request opened the pull request.',
        null,
      ),
    );
  }
  return ends(
    outcome(
      'failed',
      'branch_exists',
      `The branch \`${branch}\` exists with other commits, and Conductor never overwrites a branch.`,
      'Delete or rename that branch, then ask again.',
    ),
  );
}

/** What a branch with a new commit is told as. */
export function branchWritten(
  { request }: Writing,
  branch: string,
  commit: string,
  how: 'created' | 'adopted',
): readonly Written[] {
  const repository = webAddress(request);
  return [
    { thing: 'branch', how, name: branch, url: `${repository}/tree/${branch}` },
    { thing: 'commit', how, name: commit, url: `${repository}/commit/${commit}` },
  ];
}
