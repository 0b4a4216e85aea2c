import {
  type Answer,
  created,
  noContent,
  ok,
  onRepository,
  type RepositoryCall,
  type Route,
  requiredText,
} from '../call.ts';
import { demandOwnComment } from '../comments.ts';
import { emit } from '../events.ts';
import { commentOf, threadOf } from '../find.ts';
import { inAskedOrder, updatedSince } from '../listing.ts';
import { pageAnswer } from '../pagination.ts';
import { invalid, Refusal } from '../refusal.ts';
import { renderComment, renderIssue } from '../render/threads.ts';
import { type Comment, type Thread, timestamp } from '../state.ts';
import { checkBody, createComment, demandThreadPermission, isLockedFor } from '../threads.ts';

const READ = { app: ['issues:read', 'pull_requests:read'], user: 'read' } as const;
const WRITE = { app: ['issues:write', 'pull_requests:write'], user: 'read' } as const;

/** Comments in the conversation of an issue or a pull request. */
export const commentRoutes: readonly Route[] = [
  onRepository('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', READ, list, { query: ['since'] }),
  onRepository('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', WRITE, create, {
    body: ['body'],
    content: true,
  }),
  onRepository('GET /repos/{owner}/{repo}/issues/comments', READ, listAll, {
    query: ['since', 'sort', 'direction'],
  }),
  onRepository('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', READ, (call) => {
    const { thread, comment } = commentOf(call);
    demandThreadPermission(call, thread, 'read');
    return ok(renderComment(call.world, call.repository, thread, comment));
  }),
  onRepository('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', WRITE, update, { body: ['body'] }),
  onRepository('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', WRITE, remove),
];

function list(call: RepositoryCall): Answer {
  const { repository } = call;
  const thread = threadOf(call);
  demandThreadPermission(call, thread, 'read');
  const shown = thread.comments.filter(updatedSince(call));
  return pageAnswer(call, shown, (comment) => renderComment(call.world, repository, thread, comment));
}

function listAll(call: RepositoryCall): Answer {
  const { repository } = call;
  const isRecent = updatedSince(call);
  const shown = [...repository.threads.values()].flatMap((thread) =>
    thread.comments.filter(isRecent).map((comment) => ({ thread, comment })),
  );
  return pageAnswer(call, inAskedOrder(call, shown), ({ thread, comment }) =>
    renderComment(call.world, repository, thread, comment),
  );
}

function create(call: RepositoryCall): Answer {
  const { repository, world } = call;
  const thread = threadOf(call);
  demandThreadPermission(call, thread, 'write');
  if (isLockedFor(call, repository, thread)) {
    throw new Refusal(403, 'Unable to create comment because issue is locked.');
  }
  const comment = createComment(call, repository, thread, bodyIn(call));
  tell(call, thread, comment, 'created');
  const body = renderComment(world, repository, thread, comment);
  return { ...created(body), headers: { location: body.url } };
}

function update(call: RepositoryCall): Answer {
  const { repository, world } = call;
  const { thread, comment } = commentOf(call);
  demandThreadPermission(call, thread, 'write');
  demandOwnComment(call, call.repository, comment);
  const body = bodyIn(call);
  const changes = { body: { from: comment.body } };
  comment.body = body;
  comment.updatedAt = timestamp(world);
  comment.editedAt = comment.updatedAt;
  thread.updatedAt = comment.updatedAt;
  tell(call, thread, comment, 'edited', { changes });
  return ok(renderComment(world, repository, thread, comment));
}

function remove(call: RepositoryCall): Answer {
  const { thread, comment } = commentOf(call);
  demandThreadPermission(call, thread, 'write');
  demandOwnComment(call, call.repository, comment);
  thread.comments.splice(thread.comments.indexOf(comment), 1);
  tell(call, thread, comment, 'deleted');
  return noContent();
}

function bodyIn(call: RepositoryCall): string {
  const body = requiredText(call, 'body');
  if (body.trim() === '') throw invalid({ resource: 'IssueComment', field: 'body', code: 'missing_field' });
  checkBody(body, 'IssueComment');
  return body;
}

function tell(
  call: RepositoryCall,
  thread: Thread,
  comment: Comment,
  action: 'created' | 'edited' | 'deleted',
  details: Readonly<Record<string, unknown>> = {},
): void {
  const { world, repository } = call;
  emit(call, repository, 'issue_comment', action, {
    ...details,
    issue: renderIssue(world, repository, thread),
    comment: renderComment(world, repository, thread, comment),
  });
}
