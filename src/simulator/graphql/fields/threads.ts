import { accountOf } from '../../actor.ts';
import { nodeId } from '../../ids.ts';
import { association } from '../../render/accounts.ts';
import { threadWebUrl } from '../../render/threads.ts';
import type { ReactionContent } from '../../state.ts';
import { connect, type PageArguments } from '../connections.ts';
import {
  accountSource,
  type CommentSource,
  commentSource,
  type LabelSource,
  labelSource,
  type ReactableSource,
  type ReactionSource,
  repositorySource,
  type ThreadSource,
  threadSource,
  userSource,
} from '../sources.ts';
import type { Fields } from '../view.ts';

/** The one word for each reaction that GraphQL has instead of REST's. */
export const REACTION_WORDS: Readonly<Record<ReactionContent, string>> = {
  '+1': 'THUMBS_UP',
  '-1': 'THUMBS_DOWN',
  laugh: 'LAUGH',
  confused: 'CONFUSED',
  heart: 'HEART',
  hooray: 'HOORAY',
  rocket: 'ROCKET',
  eyes: 'EYES',
};

const LOCK_REASONS: Readonly<Record<string, string>> = {
  'off-topic': 'OFF_TOPIC',
  'too heated': 'TOO_HEATED',
  resolved: 'RESOLVED',
  spam: 'SPAM',
};

/** What issues and pull requests have in common. */
export const threadFields: Fields<ThreadSource> = {
  repository: ({ repository }) => repositorySource(repository),
  number: ({ thread }) => thread.number,
  title: ({ thread }) => thread.title,
  body: ({ thread }) => thread.body ?? '',
  url: ({ repository, thread }, _, { world }) => threadWebUrl(world, repository, thread),
  closed: ({ thread }) => thread.state === 'closed',
  closedAt: ({ thread }) => thread.closedAt,
  locked: ({ thread }) => thread.locked,
  activeLockReason: ({ thread }) => LOCK_REASONS[thread.lockReason ?? ''] ?? null,
  author: ({ thread }) => accountSource(thread.author),
  authorAssociation: ({ repository, thread }) => association(repository, thread.author),
  viewerDidAuthor: ({ thread }, _, { actor }) => thread.author === accountOf(actor),
  createdAt: ({ thread }) => thread.createdAt,
  updatedAt: ({ thread }) => thread.updatedAt,
  lastEditedAt: ({ thread }) => thread.editedAt,
  assignees: ({ thread }, args: PageArguments) => connect(args, thread.assignees.map(userSource)),
  labels: ({ repository, thread }, args: PageArguments) =>
    connect(
      args,
      thread.labels.map((label) => labelSource(repository, label)),
    ),
  comments: ({ repository, thread }, args: PageArguments) =>
    connect(
      args,
      thread.comments.map((comment) => commentSource(repository, thread, comment)),
    ),
};

export const issueFields: Fields<ThreadSource> = {
  ...threadFields,
  id: ({ thread }) => nodeId('I', thread.id),
  databaseId: ({ thread }) => thread.id,
  fullDatabaseId: ({ thread }) => String(thread.id),
  state: ({ thread }) => thread.state.toUpperCase(),
  stateReason: ({ thread }) => thread.stateReason?.toUpperCase() ?? null,
};

export const commentFields: Fields<CommentSource> = {
  id: ({ comment }) => nodeId('IC', comment.id),
  databaseId: ({ comment }) => comment.id,
  fullDatabaseId: ({ comment }) => String(comment.id),
  repository: ({ repository }) => repositorySource(repository),
  issue: ({ repository, thread }) => ({ ...threadSource(repository, thread), __typename: 'Issue' }),
  pullRequest: ({ repository, thread }) => (thread.pull === null ? null : threadSource(repository, thread)),
  author: ({ comment }) => accountSource(comment.author),
  authorAssociation: ({ repository, comment }) => association(repository, comment.author),
  body: ({ comment }) => comment.body,
  url: ({ repository, thread, comment }, _, { world }) =>
    `${threadWebUrl(world, repository, thread)}#issuecomment-${comment.id}`,
  createdAt: ({ comment }) => comment.createdAt,
  updatedAt: ({ comment }) => comment.updatedAt,
  lastEditedAt: ({ comment }) => comment.editedAt,
  isMinimized: ({ comment }) => comment.minimized !== null,
  minimizedReason: ({ comment }) => comment.minimized,
  viewerDidAuthor: ({ comment }, _, { actor }) => comment.author === accountOf(actor),
};

export const labelFields: Fields<LabelSource> = {
  id: ({ label }) => nodeId('LA', label.id),
  name: ({ label }) => label.name,
  color: ({ label }) => label.color,
  description: ({ label }) => label.description,
  isDefault: ({ label }) => label.isDefault,
};

/** What has reactions: issues, pull requests, and both kinds of comments. */
export const reactableFields: Fields<ReactableSource> = {
  reactions: (subject, { content, ...page }: PageArguments & { readonly content?: string | null }) =>
    connect(
      page,
      reactionsOf(subject)
        .filter((reaction) => !content || REACTION_WORDS[reaction.content] === content)
        .map((reaction): ReactionSource => ({ __typename: 'Reaction', subject, reaction })),
    ),
};

export const reactionFields: Fields<ReactionSource> = {
  id: ({ reaction }) => nodeId('REA', reaction.id),
  databaseId: ({ reaction }) => reaction.id,
  content: ({ reaction }) => REACTION_WORDS[reaction.content],
  createdAt: ({ reaction }) => reaction.createdAt,
  user: ({ reaction }) => userSource(reaction.author),
  reactable: ({ subject }) => subject,
};

export function reactionsOf(subject: ReactableSource) {
  return 'comment' in subject ? subject.comment.reactions : subject.thread.reactions;
}
