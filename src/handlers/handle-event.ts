import { type Handled, type HandlerOptions, ignored } from './handled.ts';
import { issueComment } from './issue-comment.ts';
import { issues } from './issues.ts';
import { pullRequest } from './pull-request.ts';
import { pullRequestReview } from './pull-request-review.ts';
import { pullRequestReviewComment } from './pull-request-review-comment.ts';
import { push } from './push.ts';

type Handler = (payload: unknown, options: HandlerOptions) => Handled;

/** Every event that may concern Conductor, and who reads it. */
const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ['issue_comment', issueComment],
  ['issues', issues],
  ['pull_request', pullRequest],
  ['pull_request_review', pullRequestReview],
  ['pull_request_review_comment', pullRequestReviewComment],
  ['push', push],
]);

/** Reads one event. Pure: the App's webhook and the Action's event file carry the same payload. Never throws. */
export function handleEvent(name: string, payload: unknown, options: HandlerOptions): Handled {
  const handler = HANDLERS.get(name);
  return handler ? handler(payload, options) : ignored('unsupported_event');
}
