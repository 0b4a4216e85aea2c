import { atLeast, roleOf } from './access.ts';
import type { Actor } from './actor.ts';
import {
  type CheckRun,
  type CommitStatus,
  checkRunsOf,
  type Protection,
  type PullThread,
  type Repository,
} from './state.ts';

/** The newest check run of each App and name at a commit. */
export function latestRuns(repository: Repository, sha: string): CheckRun[] {
  const latest = new Map<string, CheckRun>();
  for (const run of checkRunsOf(repository)) {
    if (run.headSha === sha) latest.set(`${run.suite.app.id} ${run.name}`, run);
  }
  return [...latest.values()];
}

/** The newest status of each context at a commit. */
export function latestStatuses(repository: Repository, sha: string): CommitStatus[] {
  const latest = new Map<string, CommitStatus>();
  for (const status of repository.statuses) {
    if (status.sha === sha) latest.set(status.context, status);
  }
  return [...latest.values()];
}

/** Is anything at this commit red or still running? */
export function failingChecks(repository: Repository, sha: string): boolean {
  return (
    latestRuns(repository, sha).some((run) => !passed(run)) ||
    latestStatuses(repository, sha).some((status) => status.state !== 'success')
  );
}

/** GitHub's sentence on the first required check that a commit lacks, or null. */
export function missingCheck(repository: Repository, protection: Protection, sha: string): string | null {
  for (const { context, appId } of protection.checks?.required ?? []) {
    const runs = latestRuns(repository, sha).filter(
      (run) => run.name === context && (appId === null || run.suite.app.id === appId),
    );
    const statuses =
      appId === null ? latestStatuses(repository, sha).filter((status) => status.context === context) : [];
    if (runs.length + statuses.length === 0) return `Required status check "${context}" is expected.`;
    const failed = runs.some((run) => run.status === 'completed' && !passed(run));
    if (failed || statuses.some((status) => status.state === 'failure' || status.state === 'error')) {
      return `Required status check "${context}" is failing.`;
    }
    if (
      runs.some((run) => run.status !== 'completed') ||
      statuses.some((status) => status.state === 'pending')
    ) {
      return `Required status check "${context}" is in progress.`;
    }
  }
  return null;
}

/** GitHub's sentence on why a pull request's base does not let it in, or null. */
export function blockedBy(repository: Repository, thread: PullThread): string | null {
  const protection = repository.protections.get(thread.pull.base.ref);
  if (protection === undefined) return null;
  const wanted = protection.reviews?.count ?? 0;
  const verdicts = latestVerdicts(repository, thread);
  if (wanted > 0 && verdicts.includes('CHANGES_REQUESTED')) {
    return 'Changes were requested on this pull request by a reviewer with write access.';
  }
  if (verdicts.filter((state) => state === 'APPROVED').length < wanted) {
    return `At least ${wanted} approving review${wanted === 1 ? ' is' : 's are'} required by reviewers with write access.`;
  }
  return missingCheck(repository, protection, thread.pull.head.sha);
}

/** GitHub's sentence on why a ref may not be moved directly from one commit to another, or null. */
export function pushBlockedBy(
  repository: Repository,
  actor: Actor,
  ref: string,
  change: { after: string | null; created: boolean; forced: boolean },
): string | null {
  const protection = repository.protections.get(ref.replace(/^refs\/heads\//, ''));
  if (protection === undefined || change.created) return null;
  if (change.after === null) return protection.allowDeletions ? null : 'Cannot delete this protected branch.';
  if (change.forced && !protection.allowForcePushes) return 'Cannot force-push to this protected branch.';
  if (mayBypass(actor, repository, protection)) return null;
  if (protection.reviews !== null) return 'Changes must be made through a pull request.';
  return missingCheck(repository, protection, change.after);
}

/** Administrators pass a protection that is not enforced on them; an App never is one. */
export function mayBypass(actor: Actor, repository: Repository, protection: Protection): boolean {
  return (
    actor.kind === 'user' && !protection.enforceAdmins && atLeast(roleOf(actor.account, repository), 'admin')
  );
}

function passed(run: CheckRun): boolean {
  return run.status === 'completed' && ['success', 'neutral', 'skipped'].includes(run.conclusion ?? '');
}

/** The last word of each reviewer who may write, as far as it approves or objects. */
export function latestVerdicts(repository: Repository, thread: PullThread): string[] {
  const latest = new Map<string, string>();
  for (const { author, state } of thread.pull.reviews) {
    if (state === 'COMMENTED' || state === 'PENDING' || !countsAsReviewer(repository, author)) continue;
    latest.set(author.login, state);
  }
  return [...latest.values()];
}

function countsAsReviewer(repository: Repository, author: Parameters<typeof roleOf>[0]): boolean {
  return author.type === 'User' && atLeast(roleOf(author, repository), 'write');
}
