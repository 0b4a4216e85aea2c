import { demand } from '../../access.ts';
import { setResolved } from '../../discussions.ts';
import { lacksRole } from '../../refusal.ts';
import { makeAnswer, makeReviewComment, placeComment } from '../../review-comments.ts';
import { readSingleDraft, unplacedRefusal } from '../../review-input.ts';
import { beginReview, pendingReview } from '../../reviewing.ts';
import { checkBody, isLockedFor } from '../../threads.ts';
import { mayResolve } from '../fields/reviews.ts';
import { nodeOfType, pullNode } from '../find-node.ts';
import { unknownHere, unprocessableField } from '../refusals.ts';
import { discussionSource, type PullSource, type ReviewSource, reviewCommentSource } from '../sources.ts';
import type { Fields, View } from '../view.ts';
import { idOf, mutation } from './mutation.ts';

interface ThreadInput {
  readonly pullRequestId?: string | null;
  readonly pullRequestReviewId?: string | null;
  readonly path: string;
  readonly body: string;
  readonly line?: number | null;
  readonly side: 'LEFT' | 'RIGHT';
  readonly startLine?: number | null;
  readonly startSide: 'LEFT' | 'RIGHT';
  readonly subjectType: 'LINE' | 'FILE';
}

interface ReplyInput {
  readonly pullRequestReviewThreadId: string;
  readonly pullRequestReviewId?: string | null;
  readonly body: string;
}

export const reviewThreadMutations: Fields<unknown> = {
  /** Into the review that is named, or into the actor's own pending one, which begins with it if there is none. */
  addPullRequestReviewThread: mutation(async (input: ThreadInput, view) => {
    const { repository, thread, review } = await reviewIn(view, input);
    checkBody(input.body, 'PullRequestReviewComment');
    const draft = readSingleDraft({
      path: input.path,
      body: input.body,
      line: input.line,
      side: input.side,
      subject_type: input.subjectType.toLowerCase(),
      ...(input.startLine ? { start_line: input.startLine, start_side: input.startSide } : {}),
    });
    return view.services.alone(repository, async () => {
      const commit = review?.commitId ?? thread.pull.head.sha;
      const place = await placeComment(repository, thread, commit, draft);
      if (typeof place === 'string') throw unplacedRefusal(place);
      const holder = review ?? beginReview(view, thread, { commitId: commit, body: '' });
      const comment = makeReviewComment(view, draft, {
        ...place,
        commit,
        reviewId: holder.id,
        inReplyTo: null,
      });
      holder.drafts.push(comment);
      return { thread: discussionSource(repository, thread, comment) };
    });
  }),
  /** At once, as a comment by itself, unless a pending review is named. */
  addPullRequestReviewThreadReply: mutation(async (input: ReplyInput, view) => {
    const { repository, thread, comment } = await nodeOfType(
      view,
      input.pullRequestReviewThreadId,
      'PullRequestReviewThread',
    );
    if (input.pullRequestReviewId) {
      const { review } = await pendingNamed(view, input.pullRequestReviewId);
      checkBody(input.body, 'PullRequestReviewComment');
      const answer = makeAnswer(view, comment, input.body, review.id);
      review.drafts.push(answer);
      return { comment: reviewCommentSource(repository, thread, answer) };
    }
    const answer = await view.rest(
      'POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies',
      repository,
      { params: { pull_number: thread.number, comment_id: comment.id }, body: { body: input.body } },
    );
    const made = thread.pull.reviewComments.find(({ id }) => id === idOf(answer.body))!;
    return { comment: reviewCommentSource(repository, thread, made) };
  }),
  resolveReviewThread: mutation((input: { threadId: string }, view) => resolve(view, input.threadId, true)),
  unresolveReviewThread: mutation((input: { threadId: string }, view) =>
    resolve(view, input.threadId, false),
  ),
};

async function resolve(view: View, id: string, isResolved: boolean) {
  const source = await nodeOfType(view, id, 'PullRequestReviewThread');
  const { repository, thread, comment } = source;
  demand(view.actor, repository, { app: ['pull_requests:write'], user: 'read' });
  if (!mayResolve(view, source)) throw lacksRole('write');
  await view.services.alone(repository, () => setResolved(view, repository, thread, comment, isResolved));
  return { thread: source };
}

async function reviewIn(view: View, { pullRequestId, pullRequestReviewId }: ThreadInput) {
  if (pullRequestReviewId) return pendingNamed(view, pullRequestReviewId);
  if (!pullRequestId) throw unprocessableField('A pull request or a review must be named.');
  const { repository, thread } = await pullNode(view, pullRequestId);
  demandReviewer(view, { repository, thread });
  return { repository, thread, review: pendingReview(view, thread) };
}

async function pendingNamed(view: View, id: string): Promise<ReviewSource> {
  const source = await nodeOfType(view, id, 'PullRequestReview');
  demandReviewer(view, source);
  if (source.review.state !== 'PENDING') throw unprocessableField('The review has been submitted already.');
  return source;
}

function demandReviewer(view: View, { repository, thread }: Pick<PullSource, 'repository' | 'thread'>): void {
  demand(view.actor, repository, { app: ['pull_requests:write'], user: 'read' });
  if (isLockedFor(view, repository, thread))
    throw unknownHere('reviews of a locked pull request by outsiders and Apps');
}
