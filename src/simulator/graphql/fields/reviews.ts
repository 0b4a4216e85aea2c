import { atLeast, covers, roleOf } from '../../access.ts';
import { accountOf } from '../../actor.ts';
import { nodeId } from '../../ids.ts';
import { association } from '../../render/accounts.ts';
import { threadWebUrl } from '../../render/threads.ts';
import { answersTo, placementNow } from '../../review-comments.ts';
import { connect, type PageArguments } from '../connections.ts';
import {
  accountSource,
  commitSource,
  type DiscussionSource,
  pullSource,
  type ReviewCommentSource,
  type ReviewSource,
  repositorySource,
  reviewCommentSource,
  reviewSource,
  userSource,
} from '../sources.ts';
import type { Fields, View } from '../view.ts';

export const reviewFields: Fields<ReviewSource> = {
  id: ({ review }) => nodeId('PRR', review.id),
  databaseId: ({ review }) => review.id,
  fullDatabaseId: ({ review }) => String(review.id),
  repository: ({ repository }) => repositorySource(repository),
  pullRequest: ({ repository, thread }) => pullSource(repository, thread),
  state: ({ review }) => review.state,
  body: ({ review }) => review.body,
  author: ({ review }) => accountSource(review.author),
  authorAssociation: ({ repository, review }) => association(repository, review.author),
  viewerDidAuthor: ({ review }, _, { actor }) => review.author === accountOf(actor),
  createdAt: ({ review }) => review.submittedAt,
  submittedAt: ({ review }) => (review.state === 'PENDING' ? null : review.submittedAt),
  commit: ({ repository, review }) => commitSource(repository, review.commitId),
  url: ({ repository, thread, review }, _, { world }) =>
    `${threadWebUrl(world, repository, thread)}#pullrequestreview-${review.id}`,
  comments: ({ repository, thread, review }, args: PageArguments) =>
    connect(
      args,
      [...thread.pull.reviewComments, ...review.drafts]
        .filter(({ reviewId }) => reviewId === review.id)
        .map((comment) => reviewCommentSource(repository, thread, comment)),
    ),
};

export const discussionFields: Fields<DiscussionSource> = {
  id: ({ comment }) => nodeId('PRRT', comment.id),
  repository: ({ repository }) => repositorySource(repository),
  pullRequest: ({ repository, thread }) => pullSource(repository, thread),
  isResolved: ({ thread, comment }) => thread.pull.resolved.has(comment.id),
  isCollapsed: ({ thread, comment }) => thread.pull.resolved.has(comment.id),
  resolvedBy: ({ thread, comment }) => {
    const account = thread.pull.resolved.get(comment.id);
    return account === undefined ? null : userSource(account);
  },
  isOutdated: ({ repository, thread, comment }) => isOutdated(repository, thread, comment),
  path: ({ comment }) => comment.path,
  subjectType: ({ comment }) => comment.subject.toUpperCase(),
  diffSide: ({ comment }) => comment.side,
  startDiffSide: ({ comment }) => comment.startSide,
  line: async ({ repository, thread, comment }) => (await placementNow(repository, thread, comment)).line,
  startLine: async ({ repository, thread, comment }) =>
    (await placementNow(repository, thread, comment)).startLine,
  originalLine: ({ comment }) => comment.line,
  originalStartLine: ({ comment }) => comment.startLine,
  viewerCanReply: () => true,
  viewerCanResolve: (source, _, view) =>
    !source.thread.pull.resolved.has(source.comment.id) && mayResolve(view, source),
  viewerCanUnresolve: (source, _, view) =>
    source.thread.pull.resolved.has(source.comment.id) && mayResolve(view, source),
  comments: ({ repository, thread, comment }, args: PageArguments) =>
    connect(
      args,
      [comment, ...answersTo(thread, comment)].map((each) => reviewCommentSource(repository, thread, each)),
    ),
};

export const reviewCommentFields: Fields<ReviewCommentSource> = {
  id: ({ comment }) => nodeId('PRRC', comment.id),
  databaseId: ({ comment }) => comment.id,
  fullDatabaseId: ({ comment }) => String(comment.id),
  repository: ({ repository }) => repositorySource(repository),
  pullRequest: ({ repository, thread }) => pullSource(repository, thread),
  pullRequestReview: ({ repository, thread, comment }) => {
    const review = thread.pull.reviews.find(({ id }) => id === comment.reviewId);
    return review === undefined ? null : reviewSource(repository, thread, review);
  },
  replyTo: ({ repository, thread, comment }) => {
    const asked = thread.pull.reviewComments.find(({ id }) => id === comment.inReplyTo);
    return asked === undefined ? null : reviewCommentSource(repository, thread, asked);
  },
  author: ({ comment }) => accountSource(comment.author),
  authorAssociation: ({ repository, comment }) => association(repository, comment.author),
  viewerDidAuthor: ({ comment }, _, { actor }) => comment.author === accountOf(actor),
  body: ({ comment }) => comment.body,
  path: ({ comment }) => comment.path,
  diffHunk: ({ comment }) => comment.diffHunk,
  subjectType: ({ comment }) => comment.subject.toUpperCase(),
  line: async ({ repository, thread, comment }) => (await placementNow(repository, thread, comment)).line,
  startLine: async ({ repository, thread, comment }) =>
    (await placementNow(repository, thread, comment)).startLine,
  originalLine: ({ comment }) => comment.line,
  originalStartLine: ({ comment }) => comment.startLine,
  outdated: ({ repository, thread, comment }) => isOutdated(repository, thread, comment),
  originalCommit: ({ repository, comment }) => commitSource(repository, comment.originalCommitId),
  url: ({ repository, thread, comment }, _, { world }) =>
    `${threadWebUrl(world, repository, thread)}#discussion_r${comment.id}`,
  createdAt: ({ comment }) => comment.createdAt,
  updatedAt: ({ comment }) => comment.updatedAt,
  lastEditedAt: ({ comment }) => comment.editedAt,
  isMinimized: ({ comment }) => comment.minimized !== null,
  minimizedReason: ({ comment }) => comment.minimized,
};

async function isOutdated(
  repository: ReviewCommentSource['repository'],
  thread: ReviewCommentSource['thread'],
  comment: ReviewCommentSource['comment'],
): Promise<boolean> {
  return comment.subject === 'line' && (await placementNow(repository, thread, comment)).position === null;
}

/**
 * Who has write access, and who opened the pull request; an App by its permission.
 * Source: docs.github.com, "Commenting on a pull request", Resolving conversations.
 */
export function mayResolve(
  { actor }: View,
  { repository, thread }: Pick<DiscussionSource, 'repository' | 'thread'>,
): boolean {
  if (actor.kind === 'user')
    return actor.account === thread.author || atLeast(roleOf(actor.account, repository), 'write');
  if (actor.kind !== 'installation' && actor.kind !== 'job') return false;
  return covers(actor.permissions, 'pull_requests:write');
}
