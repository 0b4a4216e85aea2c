import { pendingReview } from '../../reviewing.ts';
import type { PullThread } from '../../state.ts';
import { cursorOf } from '../connections.ts';
import { nodeOfType, pullNode } from '../find-node.ts';
import { unknownHere, unprocessableField } from '../refusals.ts';
import { type ReviewSource, reviewSource } from '../sources.ts';
import type { Fields, View } from '../view.ts';
import { idOf, mutation } from './mutation.ts';

const REVIEWS = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';

interface ThreadInput {
  readonly path: string;
  readonly body: string;
  readonly line?: number | null;
  readonly side: 'LEFT' | 'RIGHT';
  readonly startLine?: number | null;
  readonly startSide: 'LEFT' | 'RIGHT';
}

interface ReviewInput {
  readonly pullRequestId: string;
  readonly commitOID?: string | null;
  readonly body?: string | null;
  readonly event?: string | null;
  readonly threads?: readonly ThreadInput[] | null;
  readonly comments?: readonly object[] | null;
}

interface SubmitInput {
  readonly pullRequestId?: string | null;
  readonly pullRequestReviewId?: string | null;
  readonly event: string;
  readonly body?: string | null;
}

export const reviewMutations: Fields<unknown> = {
  addPullRequestReview: mutation(async (input: ReviewInput, view) => {
    if (input.comments?.length) throw unknownHere('addPullRequestReview(comments): `threads` took its place');
    if (input.event === 'DISMISS') throw unknownHere('addPullRequestReview(event: DISMISS)');
    const { repository, thread } = await pullNode(view, input.pullRequestId);
    const answer = await view.rest(`POST ${REVIEWS}`, repository, {
      params: { pull_number: thread.number },
      body: {
        ...(input.event ? { event: input.event } : {}),
        ...(input.body ? { body: input.body } : {}),
        ...(input.commitOID ? { commit_id: input.commitOID } : {}),
        comments: (input.threads ?? []).map(commentAsRest),
      },
    });
    const place = thread.pull.reviews.findIndex(({ id }) => id === idOf(answer.body));
    const node = reviewSource(repository, thread, thread.pull.reviews[place]!);
    return { pullRequestReview: node, reviewEdge: { cursor: cursorOf(place), node } };
  }),
  submitPullRequestReview: mutation(async ({ event, body, ...target }: SubmitInput, view) => {
    if (event === 'DISMISS') throw unknownHere('submitPullRequestReview(event: DISMISS)');
    const source = await pendingIn(view, target);
    await view.rest(`POST ${REVIEWS}/{review_id}/events`, source.repository, {
      params: { pull_number: source.thread.number, review_id: source.review.id },
      body: { event, ...(body ? { body } : {}) },
    });
    return { pullRequestReview: source };
  }),
};

function commentAsRest({ path, body, line, side, startLine, startSide }: ThreadInput) {
  return { path, body, line, side, ...(startLine ? { start_line: startLine, start_side: startSide } : {}) };
}

/** The review that is named, or the actor's own pending one of the pull request that is. */
async function pendingIn(
  view: View,
  { pullRequestId, pullRequestReviewId }: Pick<SubmitInput, 'pullRequestId' | 'pullRequestReviewId'>,
): Promise<ReviewSource> {
  if (pullRequestReviewId) return nodeOfType(view, pullRequestReviewId, 'PullRequestReview');
  if (!pullRequestId) throw unprocessableField('A pull request or a review must be named.');
  const { repository, thread } = await pullNode(view, pullRequestId);
  const review = pendingReview(view, thread);
  if (review === null) throw unprocessableField('There is no pending review to submit.');
  return reviewSource(repository, thread as PullThread, review);
}
