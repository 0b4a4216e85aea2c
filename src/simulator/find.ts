import { type Call, numberParam, type RepositoryCall } from './call.ts';
import { SHA } from './git/objects.ts';
import { resolveCommit } from './git/refs.ts';
import { notFound, Refusal, unprocessable } from './refusal.ts';
import {
  type Account,
  type CheckRun,
  type CheckSuite,
  type Comment,
  checkRunsOf,
  isPull,
  type PullThread,
  type Repository,
  type Review,
  type ReviewComment,
  type Thread,
  type World,
} from './state.ts';

/** A repository by owner and name, in any case of letters. */
export function findRepository(world: World, fullName: string): Repository | null {
  return world.repositories.get(fullName.toLowerCase()) ?? null;
}

/** The repository that had this name before and has another now; null where the name is in use, or never was. */
export function movedRepository(world: World, fullName: string): Repository | null {
  if (findRepository(world, fullName) !== null) return null;
  return world.formerNames.get(fullName.toLowerCase()) ?? null;
}

export function findAccount(world: World, login: string): Account | null {
  return world.accounts.get(login.toLowerCase()) ?? null;
}

/** An account that must exist: for what the simulator's own users name, not for requests. */
export function accountNamed(world: World, login: string): Account {
  const account = findAccount(world, login);
  if (account === null) throw new Error(`The simulator knows nobody called ${login}: add the user first.`);
  return account;
}

/** A repository that must exist, as above. */
export function repositoryNamed(world: World, fullName: string): Repository {
  const repository = findRepository(world, fullName);
  if (repository !== null) return repository;
  const moved = movedRepository(world, fullName);
  throw new Error(
    moved === null
      ? `The simulator has no repository ${fullName}: add it first.`
      : `The repository ${fullName} is called ${moved.fullName} now.`,
  );
}

/**
 * The issue or pull request that the path names; 404 when there is none, 410 when it was deleted.
 * Source: docs.github.com, "Get an issue".
 */
export function threadOf(call: RepositoryCall, param = 'issue_number'): Thread {
  const number = numberParam(call, param);
  const thread = call.repository.threads.get(number);
  if (thread !== undefined) return thread;
  const deleted = param === 'issue_number' && call.repository.deletedIssues.has(number);
  throw deleted ? new Refusal(410, 'This issue was deleted') : notFound();
}

/** The pull request that the path names; 404 when the number is an issue's. */
export function pullOf(call: RepositoryCall): PullThread {
  const thread = threadOf(call, 'pull_number');
  if (!isPull(thread)) throw notFound();
  return thread;
}

/** The issue comment that the path names, with its thread. */
export function commentOf(call: RepositoryCall): { thread: Thread; comment: Comment } {
  const id = numberParam(call, 'comment_id');
  for (const thread of call.repository.threads.values()) {
    const comment = thread.comments.find((candidate) => candidate.id === id);
    if (comment !== undefined) return { thread, comment };
  }
  throw notFound();
}

/** The review comment that the path names, with its pull request. */
export function reviewCommentOf(call: RepositoryCall): { thread: PullThread; comment: ReviewComment } {
  const id = numberParam(call, 'comment_id');
  for (const thread of call.repository.threads.values()) {
    const comment = thread.pull?.reviewComments.find((candidate) => candidate.id === id);
    if (comment !== undefined && isPull(thread)) return { thread, comment };
  }
  throw notFound();
}

export function reviewOf(call: RepositoryCall, thread: PullThread): Review {
  const id = numberParam(call, 'review_id');
  const review = thread.pull.reviews.find((candidate) => candidate.id === id);
  if (review === undefined) throw notFound();
  return review;
}

export function checkRunOf(call: RepositoryCall): CheckRun {
  const id = numberParam(call, 'check_run_id');
  const run = checkRunsOf(call.repository).find((candidate) => candidate.id === id);
  if (run === undefined) throw notFound();
  return run;
}

export function checkSuiteOf(call: RepositoryCall): CheckSuite {
  const id = numberParam(call, 'check_suite_id');
  const suite = call.repository.checkSuites.find((candidate) => candidate.id === id);
  if (suite === undefined) throw notFound();
  return suite;
}

/** The account that the path names; 404 when there is none. */
export function accountParam(call: Call, name: string): Account {
  const account = findAccount(call.world, call.params[name] ?? '');
  if (account === null) throw notFound();
  return account;
}

/** The commit that a path's `{ref}` names; GitHub answers 422 when there is none. */
export async function commitParam(call: RepositoryCall, name = 'ref'): Promise<string> {
  const ref = call.params[name] ?? '';
  const sha = await resolveCommit(call.repository.directory, ref.replace(/^(heads|tags)\//, ''));
  if (sha === null) throw unprocessable(`No commit found for SHA: ${ref}`);
  return sha;
}

/** A full object id in the body. */
export function shaIn(value: unknown, what: string): string {
  if (typeof value !== 'string' || !SHA.test(value)) {
    throw new Refusal(422, `The ${what} parameter must be exactly 40 characters and contain only [0-9a-f].`);
  }
  return value;
}
