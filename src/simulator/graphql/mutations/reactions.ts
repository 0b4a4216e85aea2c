import { accountOf } from '../../actor.ts';
import type { ReactionContent } from '../../state.ts';
import { REACTION_WORDS, reactionsOf } from '../fields/threads.ts';
import { nodeOfType } from '../find-node.ts';
import { unprocessableField } from '../refusals.ts';
import type { ReactableSource, ReactionSource } from '../sources.ts';
import type { Fields, View } from '../view.ts';
import { idOf, mutation } from './mutation.ts';

interface ReactionInput {
  readonly subjectId: string;
  readonly content: string;
}

export const reactionMutations: Fields<unknown> = {
  /** The same reaction again is no new one, as by REST. */
  addReaction: mutation(async ({ subjectId, content }: ReactionInput, view) => {
    const subject = await subjectOf(view, subjectId);
    const { path, params } = routeOf(subject);
    const answer = await view.rest(`POST ${path}`, subject.repository, {
      params,
      body: { content: wordOf(content) },
    });
    const reaction = reactionsOf(subject).find(({ id }) => id === idOf(answer.body))!;
    return { reaction: { __typename: 'Reaction', subject, reaction } satisfies ReactionSource, subject };
  }),
  removeReaction: mutation(async ({ subjectId, content }: ReactionInput, view) => {
    const subject = await subjectOf(view, subjectId);
    const { path, params } = routeOf(subject);
    const author = accountOf(view.actor);
    const word = wordOf(content);
    const reaction = reactionsOf(subject).find((each) => each.author === author && each.content === word);
    if (reaction === undefined) throw unprocessableField('Reaction does not exist');
    await view.rest(`DELETE ${path}/{reaction_id}`, subject.repository, {
      params: { ...params, reaction_id: reaction.id },
    });
    return { reaction: { __typename: 'Reaction', subject, reaction } satisfies ReactionSource, subject };
  }),
};

function subjectOf(view: View, id: string): Promise<ReactableSource> {
  return nodeOfType(view, id, 'Issue', 'PullRequest', 'IssueComment', 'PullRequestReviewComment');
}

/** Each kind of subject has reactions below its own path. */
function routeOf(subject: ReactableSource): { path: string; params: Record<string, number> } {
  const below = '/repos/{owner}/{repo}';
  if (!('comment' in subject)) {
    return {
      path: `${below}/issues/{issue_number}/reactions`,
      params: { issue_number: subject.thread.number },
    };
  }
  const kind = subject.__typename === 'IssueComment' ? 'issues' : 'pulls';
  return {
    path: `${below}/${kind}/comments/{comment_id}/reactions`,
    params: { comment_id: subject.comment.id },
  };
}

function wordOf(content: string): ReactionContent {
  const [word] = Object.entries(REACTION_WORDS).find(([, graphqlWord]) => graphqlWord === content)!;
  return word as ReactionContent;
}
