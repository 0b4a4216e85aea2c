import type { FileChange } from '../changes/file-change.ts';
import { commitMessage } from '../messages/commit-message.ts';
import { ends, outcome, type StepResult, value } from '../runs/outcome.ts';
import type { ApprovedChange } from '../runs/ports.ts';
import type { Written } from '../runs/run-events.ts';
import { branchName } from './branch-name.ts';
import { refusedWrite, statusOf, translate } from './errors.ts';
import { findOwn } from './pull-request.ts';
import type { Writing } from './writing.ts';

interface Pushed {
  readonly branch: string;
  readonly headCommit: string;
  readonly writes: readonly Written[];
}

/**
 * Writes the change as one commit on a branch of its own: a tree, a commit, a ref. The ref is created, never moved:
 * where it exists already it is this run's (same trailer, same tree) and is kept, or the run ends without touching it.
 */
export async function pushBranch(writing: Writing, change: ApprovedChange): Promise<StepResult<Pushed>> {
  const { client, request, source } = writing;
  const { owner, name: repo } = request.repository;
  const branch = branchName(change.branchPrefix, request, change.run);
  try {
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
      parents: [change.base.commit],
      message: commitMessage(request, change.run, change.summary),
    });
    try {
      await client.git.createRef({ owner, repo, ref: `refs/heads/${branch}`, sha: commit.sha });
    } catch (error) {
      if (statusOf(error) !== 422) throw error;
      return await adoptBranch(writing, change, branch, tree.sha, error);
    }
    return value(pushed(writing, branch, commit.sha, 'created'));
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
  tree: string,
  refusal: unknown,
): Promise<StepResult<Pushed>> {
  const { client, request } = writing;
  const { owner, name: repo } = request.repository;
  const existing = await client.git
    .getRef({ owner, repo, ref: `heads/${branch}` })
    .catch((error: unknown) => {
      // GitHub refused the ref for another reason than its existence: that first refusal is the one to tell.
      throw statusOf(error) === 404 ? refusal : error;
    });
  const headCommit = existing.data.object.sha;
  const { data: commit } = await client.git.getCommit({ owner, repo, commit_sha: headCommit });
  if (commit.message.includes(`Conductor-Run: ${change.run}\n`) && commit.tree.sha === tree) {
    return value(pushed(writing, branch, headCommit, 'adopted'));
  }
  if (await findOwn(writing, branch, change)) {
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

function pushed(
  { request }: Writing,
  branch: string,
  headCommit: string,
  how: 'created' | 'adopted',
): Pushed {
  const repository = request.thread.url.replace(/\/(issues|pull)\/\d+$/, '');
  return {
    branch,
    headCommit,
    writes: [
      { thing: 'branch', how, name: branch, url: `${repository}/tree/${branch}` },
      { thing: 'commit', how, name: headCommit, url: `${repository}/commit/${headCommit}` },
    ],
  };
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
