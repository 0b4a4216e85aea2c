import type { Written } from '../runs/run-events.ts';
import { translate } from './errors.ts';
import type { Writing } from './writing.ts';

/** 👀 on the text that asked. GitHub keeps one reaction of a kind per account, so this may be repeated. */
export async function acknowledge({ request, client }: Writing): Promise<Written> {
  const { owner, name: repo } = request.repository;
  const { asking, thread } = request;
  const content = 'eyes' as const;
  try {
    if (asking.kind === 'issue_comment') {
      await client.reactions.createForIssueComment({ owner, repo, comment_id: asking.id, content });
    } else if (asking.kind === 'review_comment') {
      await client.reactions.createForPullRequestReviewComment({
        owner,
        repo,
        comment_id: asking.id,
        content,
      });
    } else {
      // GitHub has no reactions on reviews; the thread itself takes it, as it does when its own text asked.
      await client.reactions.createForIssue({ owner, repo, issue_number: thread.number, content });
    }
  } catch (error) {
    throw translate(error, 'reacting to the request');
  }
  return { thing: 'reaction', how: 'created', name: content, url: asking.url };
}
