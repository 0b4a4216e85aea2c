import { translate } from './errors.ts';
import { askGraphql, GraphqlMissing } from './graphql.ts';
import { stateOf, type ThreadState, threadVariables } from './thread.ts';
import { THREAD, THREAD_VARIABLES, type ThreadNode } from './thread-document.ts';
import type { Writing } from './writing.ts';

const REACT = `mutation Acknowledge($subject: ID!, ${THREAD_VARIABLES}) {
  addReaction(input: { subjectId: $subject, content: EYES }) {
    reaction { user { login } }
    subject { ... on RepositoryNode { repository { ...Thread } } }
  }
}
${THREAD}`;

interface Reacted {
  readonly addReaction: {
    readonly reaction: { readonly user: { readonly login: string } | null } | null;
    readonly subject: { readonly repository?: ThreadNode } | null;
  };
}

/**
 * 👀 on the text that asked, and, in the same request, the thread as it is then (null: REST only). GitHub keeps one
 * reaction of a kind per account, so this may be repeated.
 */
export async function acknowledge(writing: Writing): Promise<ThreadState | null> {
  const { request, client, identity, branch } = writing;
  try {
    const variables = { subject: request.asking.nodeId, ...threadVariables(request, branch) };
    const { data } = await askGraphql<Reacted>(client, REACT, variables);
    const reacted = data.addReaction;
    if (reacted?.reaction) {
      // An App's account is no user to GraphQL; whoever else's token this is, is told here.
      identity.login = reacted.reaction.user?.login ?? identity.login;
      const repository = reacted.subject?.repository;
      return repository?.issueOrPullRequest ? stateOf(repository, request.asker) : null;
    }
  } catch (error) {
    if (!(error instanceof GraphqlMissing)) throw translate(error, 'reacting to the request');
  }
  await reactOverRest(writing);
  return null;
}

async function reactOverRest({ request, client, identity }: Writing): Promise<void> {
  const { owner, name: repo } = request.repository;
  const { asking, thread } = request;
  const content = 'eyes' as const;
  try {
    const { data } = await react();
    identity.login = data.user?.login ?? identity.login;
  } catch (error) {
    throw translate(error, 'reacting to the request');
  }

  function react() {
    const { id: comment_id } = asking;
    if (asking.kind === 'issue_comment')
      return client.reactions.createForIssueComment({ owner, repo, comment_id, content });
    if (asking.kind === 'review_comment')
      return client.reactions.createForPullRequestReviewComment({ owner, repo, comment_id, content });
    // REST has no reactions on reviews; the thread itself takes it, as it does when its own text asked.
    return client.reactions.createForIssue({ owner, repo, issue_number: thread.number, content });
  }
}
