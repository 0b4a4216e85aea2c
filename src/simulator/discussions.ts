import type { Act } from './act.ts';
import { accountOf } from './actor.ts';
import { emit } from './events.ts';
import { nodeId } from './ids.ts';
import { pullForEvent } from './pulls.ts';
import { answersTo, renderComment } from './review-comments.ts';
import type { PullThread, Repository, ReviewComment } from './state.ts';

/**
 * Resolves a discussion on lines, or opens it again, and tells of it; `first` is the comment that began it. Nothing
 * happens when it already is that way. Source: docs.github.com, "Webhook events", pull_request_review_thread.
 */
export async function setResolved(
  act: Act,
  repository: Repository,
  thread: PullThread,
  first: ReviewComment,
  isResolved: boolean,
): Promise<void> {
  const { resolved } = thread.pull;
  if (resolved.has(first.id) === isResolved) return;
  if (isResolved) resolved.set(first.id, accountOf(act.actor));
  else resolved.delete(first.id);
  const comments = [first, ...answersTo(thread, first)];
  emit(act, repository, 'pull_request_review_thread', isResolved ? 'resolved' : 'unresolved', {
    pull_request: await pullForEvent(act.world, repository, thread),
    thread: {
      node_id: nodeId('PRRT', first.id),
      comments: await Promise.all(comments.map((comment) => renderComment(act, repository, thread, comment))),
    },
  });
}
