import { covers } from './access.ts';
import type { Act } from './act.ts';
import { type Actor, accountOf } from './actor.ts';
import { requestSuites } from './checks.ts';
import { emit } from './events.ts';
import { changedPaths, isAncestor, mergeBase } from './git/history.ts';
import { readCommits, ZERO } from './git/objects.ts';
import { branchTip, moveRef, setRef } from './git/refs.ts';
import { fetchCommit } from './git/seed.ts';
import { fixedIssues, followBase, openPulls } from './pulls.ts';
import { Refusal } from './refusal.ts';
import { noreply, renderEventCommit } from './render/git.ts';
import { dismissStale } from './reviews.ts';
import { type PullThread, type Repository, timestamp } from './state.ts';
import { emitThread, setState, touch } from './threads.ts';

/** One ref that moved: null stands for "was not there" and "is gone". */
export interface RefChange {
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Has the actor an App's token without the permission that workflow files need? */
export function lacksWorkflows(actor: Actor): boolean {
  return (
    (actor.kind === 'installation' || actor.kind === 'job') && !covers(actor.permissions, 'workflows:write')
  );
}

/**
 * The workflow file that a push would change and the actor may not, or null. A new branch is compared
 * with where it left the default branch.
 */
export async function forbiddenWorkflow(
  actor: Actor,
  repository: Repository,
  before: string | null,
  after: string,
): Promise<string | null> {
  if (!lacksWorkflows(actor)) return null;
  const { directory } = repository;
  const main = before ?? (await branchTip(directory, repository.defaultBranch));
  const since = main === null ? null : await mergeBase(directory, main, after);
  const changes = await changedPaths(directory, since, after);
  return changes.find(({ path }) => isWorkflow(path))?.path ?? null;
}

/** GitHub's words to `git push` and to merges. Source: repo-sync/github-sync#23 and many reports since. */
export function workflowSentence(path: string): string {
  return `refusing to allow a GitHub App to create or update workflow \`${path}\` without \`workflows\` permission`;
}

/**
 * What REST calls that write files or refs answer instead: it comes as early as the tree. Source:
 * anthropics/claude-code-action#29, IAreKyleW00t/verified-bot-commit#331.
 */
export function workflowRefusal(): Refusal {
  return new Refusal(403, 'Resource not accessible by integration', {
    headers: { 'x-accepted-github-permissions': 'contents=write,workflows=write' },
  });
}

export function isWorkflow(path: string): boolean {
  return path.startsWith('.github/workflows/');
}

/** Moves a ref in git, and if that works (nobody was faster), lets everything follow that follows a push. */
export async function pushRef(act: Act, repository: Repository, change: RefChange): Promise<boolean> {
  if (!(await moveRef(repository.directory, change.ref, change.before, change.after))) return false;
  await afterPush(act, repository, change);
  return true;
}

/**
 * What follows a ref that has moved: the push event, check suites, and the pull requests from and to
 * the branch.
 */
export async function afterPush(act: Act, repository: Repository, change: RefChange): Promise<void> {
  const { ref, before, after } = change;
  repository.pushedAt = timestamp(act.world);
  repository.updatedAt = repository.pushedAt;
  const commits = await emitPush(act, repository, change);
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return;
  if (after !== null) await requestSuites(act, repository, { sha: after, branch, before });
  await moveHeads(act, repository, branch, change);
  await moveBases(act, repository, branch, change);
  if (branch !== repository.defaultBranch) return;
  for (const { message } of commits) await closeFixedIssues(act, repository, message);
}

/** Tells of a push, and returns the commits that it brought. */
async function emitPush(act: Act, repository: Repository, { ref, before, after }: RefChange) {
  const { world } = act;
  const account = accountOf(act.actor);
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(ref) ?? [];
  if (kind === undefined || name === undefined) return [];
  const pusherType = { ref: name, ref_type: kind === 'tags' ? 'tag' : 'branch', pusher_type: 'user' };
  if (before === null)
    emit(act, repository, 'create', null, {
      ...pusherType,
      master_branch: repository.defaultBranch,
      description: null,
    });
  const commits =
    after === null
      ? []
      : await newCommits(act, repository, { before, after, branch: kind === 'heads' ? name : null });
  const head =
    after === null
      ? undefined
      : (commits.at(-1) ?? (await describe(act, repository, ['--no-walk', after]))[0]);
  const web = world.web(`/${repository.fullName}`);
  const forced =
    before !== null && after !== null && !(await isAncestor(repository.directory, before, after));
  const move = { ref, before, after, forced, by: account, at: timestamp(world) };
  repository.activities.push({ id: world.ids.next('activity'), ...move });
  emit(act, repository, 'push', null, {
    ref,
    before: before ?? ZERO,
    after: after ?? ZERO,
    created: before === null,
    deleted: after === null,
    forced,
    base_ref: null,
    compare:
      before === null || after === null
        ? `${web}/compare/${name}`
        : `${web}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits,
    head_commit: head ?? null,
    pusher: { name: account.login, email: noreply(account) },
  });
  if (after === null) emit(act, repository, 'delete', null, pusherType);
  return commits;
}

async function newCommits(
  act: Act,
  repository: Repository,
  push: { before: string | null; after: string; branch: string | null },
) {
  const { before, after, branch } = push;
  const old =
    before === null
      ? ['--not', ...(branch === null ? [] : [`--exclude=${branch}`]), '--branches']
      : ['--not', before];
  return describe(act, repository, ['--reverse', after, ...old]);
}

async function describe(act: Act, repository: Repository, args: readonly string[]) {
  const commits = await readCommits(repository.directory, args);
  return Promise.all(
    commits.map(async (commit) => {
      const changes = await changedPaths(repository.directory, commit.parents[0] ?? null, commit.sha);
      const of = (letter: RegExp): string[] =>
        changes.filter(({ status }) => letter.test(status)).map(({ path }) => path);
      return {
        ...renderEventCommit(act.world, repository, commit),
        added: of(/A/),
        removed: of(/D/),
        modified: of(/[MT]/),
      };
    }),
  );
}

/** The pull requests that come from the branch: their head moves, or they close with it. */
async function moveHeads(
  act: Act,
  repository: Repository,
  branch: string,
  { before, after }: RefChange,
): Promise<void> {
  for (const target of act.world.repositories.values()) {
    const from = (thread: PullThread): boolean =>
      thread.pull.head.repository === repository && thread.pull.head.ref === branch;
    for (const thread of openPulls(target, from)) {
      if (after === null) {
        await setState(act, target, thread, 'closed');
        continue;
      }
      const old = thread.pull.head.sha;
      if (old === after) continue;
      await storeHead(target, thread, after);
      await followBase(target, thread);
      touch(act, target, thread);
      await emitThread(act, target, thread, 'synchronize', { before: before ?? old, after });
      await dismissStale(act, target, thread);
    }
  }
}

/** Sets a pull request's head, and keeps it in the base repository as `refs/pull/N/head`. */
export async function storeHead(repository: Repository, thread: PullThread, sha: string): Promise<void> {
  const { pull, number } = thread;
  const ref = `refs/pull/${number}/head`;
  if (pull.head.repository === repository) await setRef(repository.directory, ref, sha);
  else await fetchCommit(repository.directory, pull.head.repository.directory, sha, ref);
  pull.head.sha = sha;
}

/** The pull requests into the branch: their base moves, and those whose head it now holds are merged. */
async function moveBases(
  act: Act,
  repository: Repository,
  branch: string,
  { before, after }: RefChange,
): Promise<void> {
  for (const thread of openPulls(repository, ({ pull }) => pull.base.ref === branch)) {
    const { pull } = thread;
    if (after === null) {
      await setState(act, repository, thread, 'closed');
      continue;
    }
    if (await isAncestor(repository.directory, pull.head.sha, after)) {
      pull.merged = {
        at: timestamp(act.world),
        by: accountOf(act.actor),
        before: before ?? pull.base.sha,
      };
      pull.mergeCommitSha = after;
      await setState(act, repository, thread, 'closed');
      continue;
    }
    pull.base.sha = after;
  }
}

/** Closes the issues that a text says it fixes, once it reaches the default branch. */
export async function closeFixedIssues(act: Act, repository: Repository, text: string): Promise<void> {
  for (const issue of fixedIssues(repository, text))
    await setState(act, repository, issue, 'closed', 'completed');
}
