import { demandOwnComment } from '../../comments.ts';
import { demandThreadPermission } from '../../threads.ts';
import { cursorOf } from '../connections.ts';
import { nodeOfType } from '../find-node.ts';
import { unknownHere } from '../refusals.ts';
import { commentSource, threadSource } from '../sources.ts';
import type { Fields } from '../view.ts';
import { idOf, mutation } from './mutation.ts';

const COMMENT = '/repos/{owner}/{repo}/issues/comments/{comment_id}';

export const commentMutations: Fields<unknown> = {
  addComment: mutation(async ({ subjectId, body }: { subjectId: string; body: string }, view) => {
    const { repository, thread } = await nodeOfType(view, subjectId, 'Issue', 'PullRequest');
    const answer = await view.rest('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', repository, {
      params: { issue_number: thread.number },
      body: { body },
    });
    const place = thread.comments.findIndex(({ id }) => id === idOf(answer.body));
    const node = commentSource(repository, thread, thread.comments[place]!);
    return { commentEdge: { cursor: cursorOf(place), node }, subject: threadSource(repository, thread) };
  }),
  updateIssueComment: mutation(async ({ id, body }: { id: string; body: string }, view) => {
    const source = await nodeOfType(view, id, 'IssueComment');
    const { repository, comment } = source;
    await view.rest(`PATCH ${COMMENT}`, repository, { params: { comment_id: comment.id }, body: { body } });
    return { issueComment: source };
  }),
  deleteIssueComment: mutation(async ({ id }: { id: string }, view) => {
    const { repository, comment } = await nodeOfType(view, id, 'IssueComment');
    await view.rest(`DELETE ${COMMENT}`, repository, { params: { comment_id: comment.id } });
    return {};
  }),
  /** Hides a comment; REST has no such call, and GitHub sends no event for it. */
  minimizeComment: mutation(
    async ({ subjectId, classifier }: { subjectId: string; classifier: string }, view) => {
      const source = await nodeOfType(view, subjectId, 'IssueComment', 'PullRequestReviewComment');
      const { repository, thread, comment } = source;
      demandThreadPermission(view, thread, 'write');
      demandOwnComment(view, repository, comment);
      const reason = REASONS[classifier];
      if (reason === undefined) throw unknownHere(`minimizeComment(classifier: ${classifier})`);
      comment.minimized = reason;
      return { minimizedComment: source };
    },
  ),
};

/** As `minimizedReason` says them. */
const REASONS: Readonly<Record<string, string>> = {
  ABUSE: 'abuse',
  DUPLICATE: 'duplicate',
  OFF_TOPIC: 'off-topic',
  OUTDATED: 'outdated',
  RESOLVED: 'resolved',
  SPAM: 'spam',
};
