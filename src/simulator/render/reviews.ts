import { nodeId } from '../ids.ts';
import type { PullThread, Repository, Review, ReviewComment, World } from '../state.ts';
import { association, renderUser } from './accounts.ts';
import type { Schemas } from './schemas.ts';
import { renderRollup, threadWebUrl } from './threads.ts';

/** GitHub's `pull-request-review`. */
export function renderReview(world: World, repository: Repository, thread: PullThread, review: Review) {
  const html = `${threadWebUrl(world, repository, thread)}#pullrequestreview-${review.id}`;
  const pull = world.api(`/repos/${repository.fullName}/pulls/${thread.number}`);
  return {
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: renderUser(world, review.author),
    body: review.body,
    state: review.state as string,
    html_url: html,
    pull_request_url: pull,
    author_association: association(repository, review.author),
    _links: { html: { href: html }, pull_request: { href: pull } },
    ...(review.state === 'PENDING' ? {} : { submitted_at: review.submittedAt }),
    commit_id: review.commitId,
  } satisfies Schemas['pull-request-review'];
}

/** Where a review comment stands at the pull request's present head; null once its line is gone. */
export interface Placement {
  readonly line: number | null;
  readonly startLine: number | null;
  readonly position: number | null;
}

/** GitHub's `pull-request-review-comment`. */
export function renderReviewComment(
  world: World,
  repository: Repository,
  thread: PullThread,
  comment: ReviewComment,
  placement: Placement,
) {
  const self = world.api(`/repos/${repository.fullName}/pulls/comments/${comment.id}`);
  const pull = world.api(`/repos/${repository.fullName}/pulls/${thread.number}`);
  const html = `${threadWebUrl(world, repository, thread)}#discussion_r${comment.id}`;
  const outdated = comment.subject === 'line' && placement.position === null;
  return {
    url: self,
    pull_request_review_id: comment.reviewId,
    id: comment.id,
    node_id: nodeId('PRRC', comment.id),
    diff_hunk: comment.diffHunk,
    path: comment.path,
    commit_id: outdated ? comment.originalCommitId : thread.pull.head.sha,
    original_commit_id: comment.originalCommitId,
    user: renderUser(world, comment.author),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    html_url: html,
    pull_request_url: pull,
    author_association: association(repository, comment.author),
    _links: { self: { href: self }, html: { href: html }, pull_request: { href: pull } },
    reactions: renderRollup(comment.reactions, `${self}/reactions`),
    start_line: placement.startLine,
    original_start_line: comment.startLine,
    start_side: comment.startSide,
    // GitHub's schema has these as numbers and its answers have null for outdated comments.
    line: placement.line as number,
    original_line: comment.line as number,
    side: comment.side,
    original_position: comment.position ?? 1,
    position: (comment.subject === 'file' ? 1 : placement.position) as number,
    subject_type: comment.subject,
    ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
  } satisfies Schemas['pull-request-review-comment'];
}
