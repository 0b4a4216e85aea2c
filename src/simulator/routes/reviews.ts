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
import { Refusal, unprocessable, unserved } from '../refusal.ts';
import { renderReview } from '../render/reviews.ts';
import {
  addReviewComment,
  type CommentDraft,
  emitReviewComment,
  placeComment,
  renderComment,
} from '../review-comments.ts';
import { readDraft, unplacedRefusal } from '../review-input.ts';
import { emitReview } from '../reviews.ts';
import { type PullThread, type Review, timestamp } from '../state.ts';
import { checkBody, isLockedFor, touch } from '../threads.ts';

const REVIEWS = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';
const READ = { app: 'pull_requests:read', user: 'read' } as const;
const WRITE = { app: 'pull_requests:write', user: 'read' } as const;
const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

/** Reviews: whole verdicts on a pull request. */
export const reviewRoutes: readonly Route[] = [
  onRepository(`GET ${REVIEWS}`, READ, (call) => {
    const thread = pullOf(call);
    return pageAnswer(call, thread.pull.reviews, (review) =>
      renderReview(call.world, call.repository, thread, review),
    );
  }),
  onRepository(`POST ${REVIEWS}`, WRITE, create, {
    body: ['commit_id', 'body', 'event', 'comments'],
    content: true,
  }),
  onRepository(`GET ${REVIEWS}/{review_id}`, READ, (call) => {
    const thread = pullOf(call);
    return ok(renderReview(call.world, call.repository, thread, reviewOf(call, thread)));
  }),
  onRepository(`PUT ${REVIEWS}/{review_id}`, WRITE, edit, { body: ['body'] }),
  onRepository(`GET ${REVIEWS}/{review_id}/comments`, READ, async (call) => {
    const thread = pullOf(call);
    const { id } = reviewOf(call, thread);
    const { items, headers } = paginate(
      call,
      thread.pull.reviewComments.filter((comment) => comment.reviewId === id),
    );
    const body = await Promise.all(
      items.map((comment) => renderComment(call, call.repository, thread, comment)),
    );
    return { status: 200, body, headers };
  }),
  onRepository(`PUT ${REVIEWS}/{review_id}/dismissals`, { ...WRITE, user: 'write' }, dismiss, {
    body: ['message', 'event'],
  }),
];

async function create(call: RepositoryCall): Promise<Answer> {
  const { world, repository, actor } = call;
  const thread = pullOf(call);
  if (isLockedFor(call, repository, thread))
    throw unserved('reviews of a locked pull request by outsiders and Apps');
  const event = optionalText(call, 'event');
  if (event === undefined || event === null)
    throw unserved('reviews that are pending: an event must be given');
  if (event !== 'APPROVE' && event !== 'REQUEST_CHANGES' && event !== 'COMMENT')
    throw unprocessable(`"${event}" is not an event of reviews.`);
  const author = accountOf(actor);
  if (event !== 'COMMENT' && author === thread.author) {
    throw refuse(
      event === 'APPROVE'
        ? 'Can not approve your own pull request'
        : 'Can not request changes on your own pull request',
    );
  }
  if (event === 'APPROVE' && actor.kind === 'job' && !repository.actionsMayPropose) {
    throw refuse('GitHub Actions is not permitted to approve pull requests.');
  }
  const body = optionalText(call, 'body') ?? '';
  checkBody(body, 'PullRequestReview');
  const drafts = (optionalObjects(call, 'comments') ?? []).map(readDraft);
  if (event !== 'APPROVE' && body.trim() === '' && drafts.length === 0)
    throw refuse('Review body is required');
  const commitId = await commitIn(call, thread);
  const placed = await placeAll(call, thread, commitId, drafts);
  const review: Review = {
    id: world.ids.next('review'),
    author,
    body,
    state: STATES[event],
    commitId,
    submittedAt: timestamp(world),
    drafts: [],
  };
  thread.pull.reviews.push(review);
  thread.pull.requestedReviewers = thread.pull.requestedReviewers.filter((reviewer) => reviewer !== author);
  touch(call, repository, thread);
  const comments = placed.map(({ draft, place }) =>
    addReviewComment(call, thread, draft, {
      ...place,
      commit: commitId,
      reviewId: review.id,
      inReplyTo: null,
    }),
  );
  await emitReview(call, repository, thread, review, 'submitted');
  for (const comment of comments) await emitReviewComment(call, repository, thread, comment, 'created');
  return ok(renderReview(world, repository, thread, review));
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
  if (info?.type !== 'commit') throw refuse('The commitOID is not part of the pull request');
  return given;
}

async function edit(call: RepositoryCall): Promise<Answer> {
  const { world, repository } = call;
  const thread = pullOf(call);
  const review = reviewOf(call, thread);
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
  const review = reviewOf(call, thread);
  if (requiredText(call, 'message').trim() === '')
    throw unprocessable('A message is needed to dismiss a review.');
  if (review.state === 'COMMENTED') throw refuse('Can not dismiss a commented pull request review');
  if (review.state === 'DISMISSED') throw refuse('Can not dismiss a dismissed pull request review');
  review.state = 'DISMISSED';
  await emitReview(call, repository, thread, review, 'dismissed');
  return ok(renderReview(world, repository, thread, review));
}

/** The shape of GitHub's refusals of reviews: sentences, not fields. */
function refuse(sentence: string): Refusal {
  return new Refusal(422, 'Unprocessable Entity', { body: { errors: [sentence] } });
}
