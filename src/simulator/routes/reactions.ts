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
import { commentOf, reviewCommentOf, threadOf } from '../find.ts';
import { pageAnswer } from '../pagination.ts';
import { notFound, Refusal, unprocessable, unserved } from '../refusal.ts';
import { renderReaction } from '../render/threads.ts';
import { REACTIONS, type Reaction, type ReactionContent, type Thread, timestamp } from '../state.ts';
import { demandThreadPermission, isLockedFor } from '../threads.ts';

/** What can be reacted to: where it is, and how to find its reactions. */
interface Subject {
  readonly path: string;
  readonly permission: 'issues' | 'pull_requests';
  readonly find: (call: RepositoryCall) => { thread: Thread; reactions: Reaction[] };
}

const SUBJECTS: readonly Subject[] = [
  {
    path: '/repos/{owner}/{repo}/issues/{issue_number}/reactions',
    permission: 'issues',
    find: (call) => {
      const thread = threadOf(call);
      return { thread, reactions: thread.reactions };
    },
  },
  {
    path: '/repos/{owner}/{repo}/issues/comments/{comment_id}/reactions',
    permission: 'issues',
    find: (call) => {
      const { thread, comment } = commentOf(call);
      return { thread, reactions: comment.reactions };
    },
  },
  {
    path: '/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions',
    permission: 'pull_requests',
    find: (call) => {
      const { thread, comment } = reviewCommentOf(call);
      return { thread, reactions: comment.reactions };
    },
  },
];

/** Reactions to issues, pull requests and comments. GitHub sends no events for them. */
export const reactionRoutes: readonly Route[] = SUBJECTS.flatMap(({ path, permission, find }) => {
  const needs = (level: 'read' | 'write') => ({
    app: permission === 'issues' ? [`issues:${level}`, `pull_requests:${level}`] : [`pull_requests:${level}`],
    user: 'read' as const,
  });
  return [
    onRepository(`GET ${path}`, needs('read'), (call) => list(call, find), { query: ['content'] }),
    onRepository(`POST ${path}`, needs('write'), (call) => create(call, find), { body: ['content'] }),
    onRepository(`DELETE ${path}/{reaction_id}`, needs('write'), (call) => remove(call, find)),
  ];
});

function list(call: RepositoryCall, find: Subject['find']): Answer {
  const { thread, reactions } = find(call);
  demandThreadPermission(call, thread, 'read');
  const content = call.query.get('content');
  const shown = reactions.filter((reaction) => content === null || reaction.content === content);
  return pageAnswer(call, shown, (reaction) => renderReaction(call.world, reaction));
}

/** The same reaction by the same account again is no new one: 200 with the first. */
function create(call: RepositoryCall, find: Subject['find']): Answer {
  const { thread, reactions } = find(call);
  demandThreadPermission(call, thread, 'write');
  if (isLockedFor(call, call.repository, thread))
    throw unserved('reactions on a locked thread by outsiders and Apps');
  const content = requiredText(call, 'content');
  if (!isReaction(content)) throw unprocessable(`Invalid request.\n\n"${content}" is not a reaction.`);
  const author = accountOf(call.actor);
  const same = reactions.find((reaction) => reaction.author === author && reaction.content === content);
  if (same !== undefined) return ok(renderReaction(call.world, same));
  const reaction: Reaction = {
    id: call.world.ids.next('reaction'),
    author,
    content,
    createdAt: timestamp(call.world),
  };
  reactions.push(reaction);
  return created(renderReaction(call.world, reaction));
}

function remove(call: RepositoryCall, find: Subject['find']): Answer {
  const { thread, reactions } = find(call);
  demandThreadPermission(call, thread, 'write');
  const id = numberParam(call, 'reaction_id');
  const index = reactions.findIndex((reaction) => reaction.id === id);
  if (index === -1) throw notFound();
  if (reactions[index]!.author !== accountOf(call.actor))
    throw new Refusal(403, 'You can only delete your own reactions.');
  reactions.splice(index, 1);
  return noContent();
}

function isReaction(content: string): content is ReactionContent {
  return (REACTIONS as readonly string[]).includes(content);
}
