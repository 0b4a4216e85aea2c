import type { Written } from '../runs/run-events.ts';
import { translate } from './errors.ts';
import type { Writing } from './writing.ts';

/** 👀 on the text that asked. GitHub keeps one reaction of a kind per account, so this may be repeated. */
export async function acknowledge({ request, client, identity }: Writing): Promise<Written> {
  const { owner, name: repo } = request.repository;
  const { asking, thread } = request;
  const content = 'eyes' as const;
  try {
    const { data } = await react();
    identity.login = data.user?.login ?? identity.login;
  } catch (error) {
    throw translate(error, 'reacting to the request');
  }
  return { thing: 'reaction', how: 'created', name: content, url: asking.url };

  function react() {
    if (asking.kind === 'issue_comment') {
      return client.reactions.createForIssueComment({ owner, repo, comment_id: asking.id, content });
    }
    if (asking.kind === 'review_comment') {
      return client.reactions.createForPullRequestReviewComment({
        owner,
        repo,
        comment_id: asking.id,
        content,
      });
    }
    // GitHub has no reactions on reviews; the thread itself takes it, as it does when its own text asked.
    return client.reactions.createForIssue({ owner, repo, issue_number: thread.number, content });
  }
}
