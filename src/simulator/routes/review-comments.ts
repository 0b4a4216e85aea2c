import { accountOf } from '../actor.ts';
import {
  type Answer,
  created,
  noContent,
  numberParam,
  ok,
  onRepository,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { demandOwnComment } from '../comments.ts';
import { pullOf, reviewCommentOf } from '../find.ts';
import { lookUp } from '../git/objects.ts';
import { inAskedOrder, updatedSince } from '../listing.ts';
import { paginate } from '../pagination.ts';
import { invalid, notFound, unprocessable, unserved } from '../refusal.ts';
import {
  emitReviewComment,
  makeAnswer,
  makeReviewComment,
  placeComment,
  renderComment,
} from '../review-comments.ts';
import { readSingleDraft } from '../review-input.ts';
import { emitReview } from '../reviews.ts';
import { isPull, type PullThread, type Review, type ReviewComment, timestamp } from '../state.ts';
import { checkBody, isLockedFor } from '../threads.ts';

const ONE = '/repos/{owner}/{repo}/pulls/comments/{comment_id}';
const OF_PULL = '/repos/{owner}/{repo}/pulls/{pull_number}/comments';
const READ = { app: 'pull_requests:read', user: 'read' } as const;
const WRITE = { app: 'pull_requests:write', user: 'read' } as const;
const SORTING = { query: ['sort', 'direction', 'since'] };

/** Comments on lines of a pull request's diff. */
export const reviewCommentRoutes: readonly Route[] = [
  onRepository(
    'GET /repos/{owner}/{repo}/pulls/comments',
    READ,
    (call) => list(call, [...call.repository.threads.values()].filter(isPull)),
    SORTING,
  ),
  onRepository(`GET ${ONE}`, READ, async (call) => {
    const { thread, comment } = reviewCommentOf(call);
    return ok(await renderComment(call, call.repository, thread, comment));
  }),
  onRepository(`PATCH ${ONE}`, WRITE, update, { body: ['body'] }),
  onRepository(`DELETE ${ONE}`, WRITE, remove),
  onRepository(`GET ${OF_PULL}`, READ, (call) => list(call, [pullOf(call)]), SORTING),
  onRepository(`POST ${OF_PULL}`, WRITE, create, {
    body: [
      'body',
      'commit_id',
      'path',
      'side',
      'line',
      'start_line',
      'start_side',
      'in_reply_to',
      'subject_type',
    ],
    content: true,
  }),
  onRepository(
    `POST ${OF_PULL}/{comment_id}/replies`,
    WRITE,
    (call) => reply(call, numberParam(call, 'comment_id')),
    {
      body: ['body'],
      content: true,
    },
  ),
];

async function list(call: RepositoryCall, threads: readonly PullThread[]): Promise<Answer> {
  const { repository } = call;
  const isRecent = updatedSince(call);
  const shown = threads.flatMap((thread) =>
    thread.pull.reviewComments.filter(isRecent).map((comment) => ({ thread, comment })),
  );
  const { items, headers } = paginate(call, inAskedOrder(call, shown));
  const body = await Promise.all(
    items.map(({ thread, comment }) => renderComment(call, repository, thread, comment)),
  );
  return { status: 200, body, headers };
}

async function create(call: RepositoryCall): Promise<Answer> {
  if (call.body.in_reply_to !== undefined) return reply(call, Number(call.body.in_reply_to));
  const { repository } = call;
  const thread = pullOf(call);
  demandUnlocked(call, thread);
  checkBody(requiredText(call, 'body'), 'PullRequestReviewComment');
  const commit = requiredText(call, 'commit_id');
  const [info] = /^[0-9a-f]{40}$/.test(commit) ? await lookUp(repository.directory, [commit]) : [null];
  if (info?.type !== 'commit') throw unprocessable(`No commit found for SHA: ${commit}`);
  const draft = readSingleDraft(call.body);
  const place = await placeComment(repository, thread, commit, draft);
  if (typeof place === 'string') {
    const field =
      place === 'path' ? 'pull_request_review_thread.path' : `pull_request_review_thread.${place}`;
    const message = place === 'path' ? `${field} is invalid` : `${field} must be part of the diff`;
    throw invalid({
      resource: 'PullRequestReviewComment',
      code: place === 'path' ? 'invalid' : 'custom',
      field,
      message,
    });
  }
  return add(call, thread, (reviewId) =>
    makeReviewComment(call, draft, { ...place, commit, reviewId, inReplyTo: null }),
  );
}

async function reply(call: RepositoryCall, questionId: number): Promise<Answer> {
  const thread = pullOf(call);
  demandUnlocked(call, thread);
  const body = requiredText(call, 'body');
  checkBody(body, 'PullRequestReviewComment');
  const asked = thread.pull.reviewComments.find(({ id }) => id === questionId);
  if (asked === undefined) throw notFound();
  return add(call, thread, (reviewId) => makeAnswer(call, asked, body, reviewId));
}

/** A comment by itself is a review of one comment, to GitHub. */
async function add(
  call: RepositoryCall,
  thread: PullThread,
  make: (reviewId: number) => ReviewComment,
): Promise<Answer> {
  const { repository } = call;
  const { pull } = thread;
  const review = singleReview(call, thread);
  const comment = make(review.id);
  pull.reviews.push(review);
  pull.reviewComments.push(comment);
  thread.updatedAt = comment.updatedAt;
  await emitReview(call, repository, thread, review, 'submitted');
  await emitReviewComment(call, repository, thread, comment, 'created');
  const body = await renderComment(call, repository, thread, comment);
  return { ...created(body), headers: { location: body.url } };
}

/** Made besides a pending one of the same author, which it leaves alone. */
function singleReview({ world, actor }: RepositoryCall, { pull }: PullThread): Review {
  return {
    id: world.ids.next('review'),
    author: accountOf(actor),
    body: '',
    state: 'COMMENTED',
    commitId: pull.head.sha,
    submittedAt: timestamp(world),
    drafts: [],
  };
}

async function update(call: RepositoryCall): Promise<Answer> {
  const { repository, world } = call;
  const { thread, comment } = reviewCommentOf(call);
  demandOwnComment(call, call.repository, comment);
  const body = requiredText(call, 'body');
  checkBody(body, 'PullRequestReviewComment');
  const changes = { body: { from: comment.body } };
  comment.body = body;
  comment.updatedAt = timestamp(world);
  comment.editedAt = comment.updatedAt;
  await emitReviewComment(call, repository, thread, comment, 'edited', { changes });
  return ok(await renderComment(call, repository, thread, comment));
}

async function remove(call: RepositoryCall): Promise<Answer> {
  const { thread, comment } = reviewCommentOf(call);
  demandOwnComment(call, call.repository, comment);
  const { reviewComments } = thread.pull;
  await emitReviewComment(call, call.repository, thread, comment, 'deleted');
  reviewComments.splice(reviewComments.indexOf(comment), 1);
  return noContent();
}

function demandUnlocked(call: RepositoryCall, thread: PullThread): void {
  if (isLockedFor(call, call.repository, thread)) {
    throw unserved('comments on lines of a locked pull request by outsiders and Apps');
  }
}
