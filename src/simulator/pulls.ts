import { diffFiles } from './git/diff.ts';
import { aheadBehind, commitsBetween, mergeBase } from './git/history.ts';
import { mergeTrees } from './git/merge.ts';
import { writeCommit } from './git/objects.ts';
import { branchTip, setRef } from './git/refs.ts';
import { blockedBy, failingChecks } from './protections.ts';
import { renderPull } from './render/pulls.ts';
import {
  isPull,
  type Pull,
  type PullSize,
  type PullThread,
  type Repository,
  type Thread,
  timestamp,
  type World,
} from './state.ts';

/** The open pull requests of a repository that `test` picks. */
export function openPulls(repository: Repository, test: (thread: PullThread) => boolean): PullThread[] {
  return [...repository.threads.values()].filter(
    (thread): thread is PullThread => isPull(thread) && thread.state === 'open' && test(thread),
  );
}

/** The commit where a pull request's branch left its base: its diff is from here to its head. */
export async function forkPoint(repository: Repository, thread: PullThread): Promise<string> {
  const { head, base } = thread.pull;
  return (await mergeBase(repository.directory, base.sha, head.sha)) ?? base.sha;
}

/** How much a pull request changes, counted by git and remembered until a branch moves. */
export async function pullSize(repository: Repository, thread: PullThread): Promise<PullSize> {
  const { pull } = thread;
  const key = `${pull.base.sha} ${pull.head.sha}`;
  if (pull.sizeCache?.key === key) return pull.sizeCache.size;
  const { directory } = repository;
  const start = await forkPoint(repository, thread);
  const [files, commits] = await Promise.all([
    diffFiles(directory, start, pull.head.sha),
    commitsBetween(directory, pull.base.sha, pull.head.sha),
  ]);
  const size: PullSize = {
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: files.length,
    commits: commits.length,
  };
  pull.sizeCache = { key, size };
  return size;
}

/**
 * Tries the merge as GitHub does behind a pull request's back. When it is clean, its commit becomes
 * `refs/pull/N/merge` and `merge_commit_sha`.
 */
export async function tryMerge(world: World, repository: Repository, thread: PullThread): Promise<boolean> {
  const { pull } = thread;
  const key = `${pull.base.sha} ${pull.head.sha}`;
  if (pull.mergeCache?.key === key) return pull.mergeCache.clean;
  const { directory } = repository;
  const tree = await mergeTrees(directory, pull.base.sha, pull.head.sha);
  let testMerge: string | null = null;
  if (tree !== null) {
    const author = { name: 'GitHub', email: 'noreply@github.com', date: timestamp(world) };
    const message = `Merge ${pull.head.sha} into ${pull.base.sha}`;
    testMerge = await writeCommit(directory, {
      tree,
      parents: [pull.base.sha, pull.head.sha],
      author,
      committer: author,
      message,
    });
    await setRef(directory, `refs/pull/${thread.number}/merge`, testMerge);
  }
  pull.mergeCache = { key, clean: tree !== null, testMerge };
  if (pull.merged === null) pull.mergeCommitSha = testMerge;
  return tree !== null;
}

/** GitHub's `mergeable_state` of an open pull request whose merge has been tried. */
export async function mergeableState(
  repository: Repository,
  thread: PullThread,
  clean: boolean,
): Promise<string> {
  const { pull } = thread;
  if (!clean) return 'dirty';
  if (pull.draft) return 'draft';
  const protection = repository.protections.get(pull.base.ref);
  if (blockedBy(repository, thread) !== null) return 'blocked';
  if (
    protection?.checks?.strict &&
    (await aheadBehind(repository.directory, pull.base.sha, pull.head.sha)).behind > 0
  )
    return 'behind';
  return failingChecks(repository, pull.head.sha) ? 'unstable' : 'clean';
}

/** A pull request as `GET` answers it, with its merge tried. Closed ones stay as they were. */
export async function pullInFull(
  world: World,
  repository: Repository,
  thread: PullThread,
): Promise<ReturnType<typeof renderPull>> {
  const size = await pullSize(repository, thread);
  if (thread.state === 'closed') {
    return renderPull(world, repository, thread, { mergeable: null, mergeableState: 'unknown', size });
  }
  const clean = await tryMerge(world, repository, thread);
  const state = await mergeableState(repository, thread, clean);
  return renderPull(world, repository, thread, { mergeable: clean, mergeableState: state, size });
}

/** A pull request as events carry it: GitHub sends them before it has tried the merge. */
export async function pullForEvent(
  world: World,
  repository: Repository,
  thread: PullThread,
): Promise<ReturnType<typeof renderPull>> {
  const size = await pullSize(repository, thread);
  return renderPull(world, repository, thread, { mergeable: null, mergeableState: 'unknown', size });
}

/** Takes the base branch's present tip into an open pull request. */
export async function followBase(repository: Repository, thread: PullThread): Promise<void> {
  const tip = await branchTip(repository.directory, thread.pull.base.ref);
  if (tip !== null) thread.pull.base.sha = tip;
}

/** The issues that a text says it fixes: `Fixes #3`. */
export function fixedIssues(repository: Repository, text: string): Thread[] {
  const numbers = text.matchAll(/\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b/gi);
  return [...new Set([...numbers].map(([, number]) => Number(number)))]
    .map((number) => repository.threads.get(number))
    .filter((thread) => thread !== undefined)
    .filter((thread) => !isPull(thread));
}

/** Where `branch` or `owner:branch` points: into this repository, or into one of its family that the owner has. */
export async function findHead(
  world: World,
  repository: Repository,
  name: string,
): Promise<Pull['head'] | null> {
  const [, owner, ref = ''] = /^(?:([^:]+):)?(.+)$/.exec(name) ?? [];
  const own = owner === undefined || owner.toLowerCase() === repository.owner.login.toLowerCase();
  const source = own ? repository : relativeOwnedBy(world, repository, owner);
  const sha = source === null ? null : await branchTip(source.directory, ref);
  return source === null || sha === null ? null : { repository: source, ref, sha };
}

function relativeOwnedBy(world: World, repository: Repository, owner: string): Repository | null {
  const owned = [...world.repositories.values()].filter(
    (candidate) => candidate.owner.login.toLowerCase() === owner.toLowerCase(),
  );
  return (
    owned.find(({ parent }) => parent === repository) ??
    owned.find((each) => each === repository.parent) ??
    null
  );
}
