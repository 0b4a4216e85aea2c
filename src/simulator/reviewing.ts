import type { Act } from './act.ts';
import { accountOf } from './actor.ts';
import { Refusal, unprocessable } from './refusal.ts';
import { emitReviewComment } from './review-comments.ts';
import { emitReview } from './reviews.ts';
import { type PullThread, type Repository, type Review, timestamp } from './state.ts';
import { touch } from './threads.ts';

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;
export type ReviewEvent = keyof typeof STATES;

function isReviewEvent(event: string): event is ReviewEvent {
  return event in STATES;
}

/** The reviews that an actor may see: all but other people's pending ones. */
export function visibleReviews({ actor }: Act, { pull }: PullThread): Review[] {
  const viewer = actor.kind === 'anonymous' ? null : accountOf(actor);
  return pull.reviews.filter(({ state, author }) => state !== 'PENDING' || author === viewer);
}

/** An actor's own review that waits to be submitted, or null. */
export function pendingReview({ actor }: Act, { pull }: PullThread): Review | null {
  const author = accountOf(actor);
  return pull.reviews.find((review) => review.state === 'PENDING' && review.author === author) ?? null;
}

/** Begins a review: nobody hears of it, or of its drafts, until it is submitted. */
export function beginReview(
  act: Act,
  thread: PullThread,
  content: { commitId: string; body: string },
): Review {
  if (pendingReview(act, thread) !== null)
    throw refuseReview('User can only have one pending review per pull request');
  const review: Review = {
    ...content,
    id: act.world.ids.next('review'),
    author: accountOf(act.actor),
    state: 'PENDING',
    submittedAt: timestamp(act.world),
    drafts: [],
  };
  thread.pull.reviews.push(review);
  return review;
}

/** Refuses a verdict that this actor may not give on this pull request. */
export function checkVerdict(
  { actor }: Act,
  repository: Repository,
  thread: PullThread,
  event: ReviewEvent,
): void {
  if (event !== 'COMMENT' && accountOf(actor) === thread.author) {
    throw refuseReview(
      event === 'APPROVE'
        ? 'Can not approve your own pull request'
        : 'Can not request changes on your own pull request',
    );
  }
  if (event === 'APPROVE' && actor.kind === 'job' && !repository.actionsMayPropose)
    throw refuseReview('GitHub Actions is not permitted to approve pull requests.');
}

/** Makes a pending review heard, with its comments. */
export async function submitReview(
  act: Act,
  repository: Repository,
  thread: PullThread,
  review: Review,
  event: ReviewEvent,
): Promise<void> {
  if (event !== 'APPROVE' && review.body.trim() === '' && review.drafts.length === 0)
    throw refuseReview('Review body is required');
  const { pull } = thread;
  review.state = STATES[event];
  review.submittedAt = timestamp(act.world);
  pull.requestedReviewers = pull.requestedReviewers.filter((reviewer) => reviewer !== review.author);
  touch(act, repository, thread);
  const comments = review.drafts.splice(0);
  pull.reviewComments.push(...comments);
  await emitReview(act, repository, thread, review, 'submitted');
  for (const comment of comments) await emitReviewComment(act, repository, thread, comment, 'created');
}

/** The shape of GitHub's refusals of reviews: sentences, not fields. */
export function refuseReview(sentence: string): Refusal {
  return new Refusal(422, 'Unprocessable Entity', { body: { errors: [sentence] } });
}

/** The event of a request that must have one. */
export function reviewEvent(event: string): ReviewEvent {
  if (isReviewEvent(event)) return event;
  throw unprocessable(`"${event}" is not an event of reviews.`);
}
