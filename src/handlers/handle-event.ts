import { checkRun } from './check-run.ts';
import { checkSuite, workflowRun } from './check-suite.ts';
import { type HandlerOptions, ignored, type ReadCommand, type ReadEvent } from './handled.ts';
import { installation } from './installation.ts';
import { issueComment } from './issue-comment.ts';
import { issues } from './issues.ts';
import { pullRequest } from './pull-request.ts';
import { pullRequestReview } from './pull-request-review.ts';
import { pullRequestReviewComment } from './pull-request-review-comment.ts';
import { push } from './push.ts';
import { readCommand } from './read-command.ts';
import { schedule } from './schedule.ts';

type Handler = (payload: unknown) => ReadEvent;

/** Every event that may concern Conductor, and who reads it. */
const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ['check_run', checkRun],
  ['check_suite', checkSuite],
  ['installation', installation],
  ['issue_comment', issueComment],
  ['issues', issues],
  ['pull_request', pullRequest],
  ['pull_request_review', pullRequestReview],
  ['pull_request_review_comment', pullRequestReviewComment],
  ['push', push],
  ['schedule', schedule],
  ['workflow_run', workflowRun],
]);

/** Reads one event. Pure: the App's webhook and the Action's event file carry the same payload. Never throws. */
export function readEvent(name: string, payload: unknown): ReadEvent {
  const handler = HANDLERS.get(name);
  return handler ? handler(payload) : ignored('unsupported_event');
}

/** Reads one event and, where it asks, its text: everything that Conductor knows of it without asking GitHub. */
export function handleEvent(
  name: string,
  payload: unknown,
  options: HandlerOptions,
): ReadCommand | Exclude<ReadEvent, { kind: 'asking' }> {
  const read = readEvent(name, payload);
  if (read.kind !== 'asking') return read;
  const command = readCommand(read.event, options);
  return command.kind === 'ignored' && read.configChange
    ? { kind: 'config-change', change: read.configChange }
    : command;
}
