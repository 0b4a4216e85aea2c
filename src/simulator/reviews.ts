import type { Act } from './act.ts';
import { emit } from './events.ts';
import { pullForEvent } from './pulls.ts';
import { renderReview } from './render/reviews.ts';
import type { PullThread, Repository, Review } from './state.ts';

/** Tells of a review that was submitted, edited or dismissed. */
export async function emitReview(
  act: Act,
  repository: Repository,
  thread: PullThread,
  review: Review,
  action: 'submitted' | 'edited' | 'dismissed',
): Promise<void> {
  const rendered = renderReview(act.world, repository, thread, review);
  emit(act, repository, 'pull_request_review', action, {
    // GitHub writes the state in capitals in its API and in small letters in its events.
    review: { ...rendered, state: review.state.toLowerCase() },
    pull_request: await pullForEvent(act.world, repository, thread),
  });
}

/** Dismisses the approvals that a push has made stale, where the branch's protection asks for it. */
export async function dismissStale(act: Act, repository: Repository, thread: PullThread): Promise<void> {
  if (!repository.protections.get(thread.pull.base.ref)?.reviews?.dismissStale) return;
  for (const review of thread.pull.reviews) {
    if (review.state !== 'APPROVED') continue;
    review.state = 'DISMISSED';
    await emitReview(act, repository, thread, review, 'dismissed');
  }
}
