import { accountOf } from '../actor.ts';
import {
  type Answer,
  ok,
  onRepository,
  optionalObjects,
  optionalText,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { pullOf, reviewOf } from '../find.ts';
import { lookUp } from '../git/objects.ts';
import { pageAnswer, paginate } from '../pagination.ts';
import { notFound, Refusal, unprocessable, unserved } from '../refusal.ts';
import { renderReview } from '../render/reviews.ts';
import { type CommentDraft, makeReviewComment, placeComment, renderComment } from '../review-comments.ts';
import { readDraft, unplacedRefusal } from '../review-input.ts';
import {
  beginReview,
  checkVerdict,
  refuseReview,
  reviewEvent,
  submitReview,
  visibleReviews,
} from '../reviewing.ts';
import { emitReview } from '../reviews.ts';
import type { PullThread, Review } from '../state.ts';
import { checkBody, isLockedFor } from '../threads.ts';

const REVIEWS = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';
const READ = { app: 'pull_requests:read', user: 'read' } as const;
const WRITE = { app: 'pull_requests:write', user: 'read' } as const;

/** Reviews: whole verdicts on a pull request. */
export const reviewRoutes: readonly Route[] = [
  onRepository(`GET ${REVIEWS}`, READ, (call) => {
    const thread = pullOf(call);
    return pageAnswer(call, visibleReviews(call, thread), (review) =>
      renderReview(call.world, call.repository, thread, review),
    );
  }),
  onRepository(`POST ${REVIEWS}`, WRITE, create, {
    body: ['commit_id', 'body', 'event', 'comments'],
    content: true,
  }),
  onRepository(`GET ${REVIEWS}/{review_id}`, READ, (call) => {
    const thread = pullOf(call);
    return ok(renderReview(call.world, call.repository, thread, visibleReview(call, thread)));
  }),
  onRepository(`PUT ${REVIEWS}/{review_id}`, WRITE, edit, { body: ['body'] }),
  onRepository(`DELETE ${REVIEWS}/{review_id}`, WRITE, discard),
  onRepository(`POST ${REVIEWS}/{review_id}/events`, WRITE, submit, {
    body: ['body', 'event'],
    content: true,
  }),
  onRepository(`GET ${REVIEWS}/{review_id}/comments`, READ, async (call) => {
    const thread = pullOf(call);
    const { id, drafts } = visibleReview(call, thread);
    const told = thread.pull.reviewComments.filter((comment) => comment.reviewId === id);
    const { items, headers } = paginate(call, [...told, ...drafts]);
    const body = await Promise.all(
      items.map((comment) => renderComment(call, call.repository, thread, comment)),
    );
    return { status: 200, body, headers };
  }),
  onRepository(`PUT ${REVIEWS}/{review_id}/dismissals`, { ...WRITE, user: 'write' }, dismiss, {
    body: ['message', 'event'],
  }),
];

/** Without an event it stays pending: only its author sees it. */
async function create(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const thread = pullOf(call);
  demandUnlocked(call, thread);
  const event = optionalText(call, 'event');
  const verdict = event ? reviewEvent(event) : null;
  if (verdict !== null) checkVerdict(call, repository, thread, verdict);
  const body = optionalText(call, 'body') ?? '';
  checkBody(body, 'PullRequestReview');
  const drafts = (optionalObjects(call, 'comments') ?? []).map(readDraft);
  if (verdict !== null && verdict !== 'APPROVE' && body.trim() === '' && drafts.length === 0)
    throw refuseReview('Review body is required');
  const commitId = await commitIn(call, thread);
  const placed = await placeAll(call, thread, commitId, drafts);
  const review = beginReview(call, thread, { commitId, body });
  review.drafts.push(
    ...placed.map(({ draft, place }) =>
      makeReviewComment(call, draft, { ...place, commit: commitId, reviewId: review.id, inReplyTo: null }),
    ),
  );
  if (verdict !== null) await submitReview(call, repository, thread, review, verdict);
  return ok(renderReview(world, repository, thread, review));
}

async function submit(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const thread = pullOf(call);
  demandUnlocked(call, thread);
  const review = ownPending(call, thread);
  const event = reviewEvent(requiredText(call, 'event'));
  checkVerdict(call, repository, thread, event);
  const body = optionalText(call, 'body');
  checkBody(body, 'PullRequestReview');
  review.body = body ?? review.body;
  await submitReview(call, repository, thread, review, event);
  return ok(renderReview(world, repository, thread, review));
}

function discard(call: RepositoryCall): Answer {
  const thread = pullOf(call);
  const review = ownPending(call, thread);
  thread.pull.reviews.splice(thread.pull.reviews.indexOf(review), 1);
  return ok(renderReview(call.world, call.repository, thread, review));
}

function ownPending(call: RepositoryCall, thread: PullThread): Review {
  const review = visibleReview(call, thread);
  if (review.state !== 'PENDING') throw refuseReview('Can not submit or delete a review that is not pending');
  return review;
}

function visibleReview(call: RepositoryCall, thread: PullThread): Review {
  const review = reviewOf(call, thread);
  if (!visibleReviews(call, thread).includes(review)) throw notFound();
  return review;
}

function demandUnlocked(call: RepositoryCall, thread: PullThread): void {
  if (isLockedFor(call, call.repository, thread))
    throw unserved('reviews of a locked pull request by outsiders and Apps');
}

/** All comments of a review find their place, or the review is not made at all. */
async function placeAll(
  call: RepositoryCall,
  thread: PullThread,
  commit: string,
  drafts: readonly CommentDraft[],
) {
  return Promise.all(
    drafts.map(async (draft) => {
      const place = await placeComment(call.repository, thread, commit, draft);
      if (typeof place === 'string') throw unplacedRefusal(place);
      return { draft, place };
    }),
  );
}

async function commitIn(call: RepositoryCall, thread: PullThread): Promise<string> {
  const given = optionalText(call, 'commit_id');
  if (given === undefined || given === null) return thread.pull.head.sha;
  const [info] = /^[0-9a-f]{40}$/.test(given) ? await lookUp(call.repository.directory, [given]) : [null];
  if (info?.type !== 'commit') throw refuseReview('The commitOID is not part of the pull request');
  return given;
}

async function edit(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const thread = pullOf(call);
  const review = visibleReview(call, thread);
  if (review.author !== accountOf(call.actor))
    throw new Refusal(403, 'Only the author of a review may edit it.');
  const body = requiredText(call, 'body');
  checkBody(body, 'PullRequestReview');
  review.body = body;
  await emitReview(call, repository, thread, review, 'edited');
  return ok(renderReview(world, repository, thread, review));
}

async function dismiss(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const thread = pullOf(call);
  const review = visibleReview(call, thread);
  if (requiredText(call, 'message').trim() === '')
    throw unprocessable('A message is needed to dismiss a review.');
  if (review.state === 'COMMENTED' || review.state === 'PENDING')
    throw refuseReview('Can not dismiss a commented pull request review');
  if (review.state === 'DISMISSED') throw refuseReview('Can not dismiss a dismissed pull request review');
  review.state = 'DISMISSED';
  await emitReview(call, repository, thread, review, 'dismissed');
  return ok(renderReview(world, repository, thread, review));
}
