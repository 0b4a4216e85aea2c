import { marker } from '../messages/markers.ts';
import { notice } from '../messages/notice.ts';
import { statusComment } from '../messages/status-comment.ts';
import type { Publisher } from '../runs/ports.ts';
import type { Effect, Written } from '../runs/run-events.ts';
import type { RunId } from '../runs/run-id.ts';
import { lastWrite, type RunView } from '../runs/run-view.ts';
import { acknowledge } from './acknowledge.ts';
import { postChecks } from './check-runs.ts';
import { publishChange } from './publish-change.ts';
import { offerSuggestions } from './suggestions.ts';
import type { Writing } from './writing.ts';

/** The only writer to GitHub. Each act is one file, and each may be repeated. */
export function createPublisher(writing: Writing, run: RunId): Publisher {
  const { comments, request, trigger } = writing;
  let acknowledged: Promise<Written> | null = null;
  let statusUrl: string | null = null;

  async function status(view: RunView): Promise<Written> {
    const put = await comments.put(marker('status', run), statusComment(view, trigger));
    statusUrl = put.url;
    return { thing: 'comment', how: put.how, name: 'status', url: put.url };
  }

  return {
    acknowledge() {
      acknowledged ??= acknowledge(writing);
      return acknowledged;
    },
    status,
    async notice(view) {
      statusUrl ??=
        (await comments.all()).find(({ own, body }) => own && body.startsWith(marker('status', run)))?.url ??
        null;
      const put = await comments.put(marker('notice', run), notice(view, statusUrl ?? request.asking.url));
      return { thing: 'comment', how: put.how, name: 'notice', url: put.url };
    },
    suggest: (commit, suggestions, view) => offerSuggestions(writing, commit, suggestions, view),
    publish: (change, view) => publishChange(writing, change, view),
    async lastWord(view) {
      const commit = lastWrite(view, 'commit');
      const checks = commit ? await tryChecks(writing, view, commit.name) : [];
      return [...checks, { kind: 'written', written: await status(view) }];
    },
  };
}

/** Check runs are the window of the record, not the record. */
async function tryChecks(writing: Writing, view: RunView, headCommit: string): Promise<Effect[]> {
  try {
    const writes = await postChecks(writing, view, headCommit);
    return writes.map((written) => ({ kind: 'written', written }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ kind: 'effect_failed', thing: 'check_run', code: 'check_not_posted', message }];
  }
}
