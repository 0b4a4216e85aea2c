import { marker } from '../messages/markers.ts';
import { notice } from '../messages/notice.ts';
import { statusComment } from '../messages/status-comment.ts';
import type { Publisher } from '../runs/ports.ts';
import type { Written } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import { acknowledge } from './acknowledge.ts';
import { postChecks } from './check-runs.ts';
import { openPullRequest } from './pull-request.ts';
import { pushBranch } from './push-branch.ts';
import type { Writing } from './writing.ts';

/** The only writer to GitHub. Each act is one file, and each may be repeated. */
export function createPublisher(writing: Writing, run: RunId): Publisher {
  const { comments, request, trigger } = writing;
  let acknowledged: Promise<Written> | null = null;
  let statusUrl: string | null = null;
  return {
    acknowledge() {
      acknowledged ??= acknowledge(writing);
      return acknowledged;
    },
    async status(view) {
      const put = await comments.put(marker('status', run), statusComment(view, trigger));
      statusUrl = put.url;
      return { thing: 'comment', how: put.how, name: 'status', url: put.url };
    },
    async notice(view) {
      statusUrl ??=
        (await comments.all()).find(({ own, body }) => own && body.startsWith(marker('status', run)))?.url ??
        null;
      const put = await comments.put(marker('notice', run), notice(view, statusUrl ?? request.asking.url));
      return { thing: 'comment', how: put.how, name: 'notice', url: put.url };
    },
    push: (change) => pushBranch(writing, change),
    openPullRequest: (change, view) => openPullRequest(writing, change, view),
    checks: (view, headCommit) => postChecks(writing, view, headCommit),
  };
}
