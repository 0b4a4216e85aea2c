import { ends, outcome, type StepResult, value } from '../runs/outcome.ts';
import type { PullRequest } from '../runs/own-pull-ports.ts';
import type { ApprovedChange } from '../runs/ports.ts';
import type { Written } from '../runs/run-events.ts';
import { isOwnCommit, makeCommit } from './commit.ts';
import { refusedWrite, statusOf, translate } from './errors.ts';
import { branchWritten } from './push-branch.ts';
import type { Writing } from './writing.ts';

/**
 * Puts one more commit on the branch of a pull request of Conductor's own, on top of the head that it was read at. The
 * ref only moves forward: where somebody else has moved it meanwhile, nothing is written, and the outcome is
 * `head_moved`.
 */
export async function pushOntoOwn(
  writing: Writing,
  change: ApprovedChange,
  { headBranch, head: expected }: PullRequest,
): Promise<StepResult<readonly Written[]>> {
  const { read, client, request } = writing;
  const { owner, name: repo } = request.repository;
  const ref = `heads/${headBranch}`;
  try {
    const commit = await makeCommit(writing, change);
    const { data } = await read.git.getRef({ owner, repo, ref });
    const head = data.object.sha;
    if (await isOwnCommit(writing, head, change.run, commit.tree))
      return value(branchWritten(writing, headBranch, head, 'adopted'));
    if (head !== expected) return headMoved(headBranch);
    try {
      await client.git.updateRef({ owner, repo, ref, sha: commit.sha, force: false });
    } catch (error) {
      // Not a fast-forward any more: somebody pushed between the look and the write.
      if (statusOf(error) === 422) return headMoved(headBranch);
      throw error;
    }
    return value(branchWritten(writing, headBranch, commit.sha, 'created'));
  } catch (error) {
    const refusal = refusedWrite(error, `writing the branch ${headBranch}`);
    if (refusal) return refusal;
    throw translate(error, `writing the branch ${headBranch}`);
  }
}

/** Somebody pushed to the branch while the run was under way: their commits stay, and nothing is written over them. */
export function headMoved(branch: string) {
  return ends(
    outcome(
      'failed',
      'head_moved',
      `Somebody pushed to \`${branch}\` while this run was under way, and Conductor never writes over anyone’s commits.`,
      'Ask again; the run starts from the branch as it is then.',
    ),
  );
}
