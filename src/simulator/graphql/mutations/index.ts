import type { Fields } from '../view.ts';
import { checkMutations } from './checks.ts';
import { commentMutations } from './comments.ts';
import { commitMutations } from './commits.ts';
import { labelMutations } from './labels.ts';
import { pullStateMutations } from './pull-states.ts';
import { pullMutations } from './pulls.ts';
import { reactionMutations } from './reactions.ts';
import { refMutations } from './refs.ts';
import { reviewThreadMutations } from './review-threads.ts';
import { reviewMutations } from './reviews.ts';

/** Every mutation that the simulator carries out. */
export const mutationFields: Fields<unknown> = {
  ...commentMutations,
  ...reactionMutations,
  ...refMutations,
  ...commitMutations,
  ...pullMutations,
  ...pullStateMutations,
  ...reviewMutations,
  ...reviewThreadMutations,
  ...labelMutations,
  ...checkMutations,
};

/** What counts against GitHub's limit on creating content: the twins of what counts in REST. */
export const CREATES_CONTENT: ReadonlySet<string> = new Set([
  'addComment',
  'createPullRequest',
  'revertPullRequest',
  'addPullRequestReview',
  'submitPullRequestReview',
  'addPullRequestReviewThread',
  'addPullRequestReviewThreadReply',
]);
