import type { CommandRequest } from '../commands/request.ts';
import type { ApprovedChange } from '../runs/ports.ts';
import type { RunId } from '../runs/run-id.ts';
import type { Writing } from './writing.ts';

const SLUG_LIMIT = 40;

/** `conductor/<pull request>-undo`: what undoes a pull request, so that a second undo finds the first. */
export function undoBranch(prefix: string, pullRequest: number): string {
  return `${prefix}${pullRequest}-undo`;
}

/**
 * `conductor/<issue>-<slug>`: the thread's number, its title in plain ASCII words, and the end of the run id, so that
 * the same run always names the same branch and no other run does. No model's text is part of it.
 */
export function branchName(prefix: string, request: CommandRequest, run: RunId): string {
  const words = request.thread.title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, SLUG_LIMIT)
    .replace(/^-+|-+$/g, '');
  return `${prefix}${request.thread.number}-${words || 'change'}-${run.slice(-6)}`;
}

/** The branch that a change goes to: the run's own, or the one that undoes a pull request. */
export function branchFor({ branch, branchPrefix }: Writing, { undoes }: ApprovedChange): string {
  return undoes ? undoBranch(branchPrefix, undoes.number) : branch;
}
