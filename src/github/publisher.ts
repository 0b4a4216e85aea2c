import { marker } from '../messages/markers.ts';
import { notice } from '../messages/notice.ts';
import { statusComment } from '../messages/status-comment.ts';
import type { Publisher } from '../runs/ports.ts';
import type { RunId } from '../runs/run-id.ts';
import { enableAutoMerge } from './auto-merge.ts';
import { sayLastWord } from './last-word.ts';
import { publishChange } from './publish-change.ts';
import { settle } from './settle.ts';
import { offerSuggestions } from './suggestions.ts';
import type { Writing } from './writing.ts';

/** The only writer to GitHub. Each act is one file, and each may be repeated. */
export function createPublisher(writing: Writing, run: RunId): Publisher {
  const { comments, request, trigger } = writing;
  let bare: string | null = null;
  return {
    async status(view) {
      const put = await comments.put(marker('status', run), statusComment(view, trigger));
      return { thing: 'comment', how: put.how, name: 'status', url: put.url };
    },
    async notice(view) {
      const status = await comments.find(marker('status', run));
      const put = await comments.put(marker('notice', run), notice(view, status?.url ?? request.asking.url));
      return { thing: 'comment', how: put.how, name: 'notice', url: put.url };
    },
    suggest: (commit, suggestions, view) => offerSuggestions(writing, commit, suggestions, view),
    mergeWhenReady: (number) => enableAutoMerge(writing.client, request.repository, number),
    settle: (settled) => settle(writing, run, settled),
    async publish(change, view) {
      const published = await publishChange(writing, change, view);
      const writes = published.ok ? published.value.writes : [];
      bare = writes.find(({ thing, how }) => thing === 'commit' && how === 'created')?.name ?? null;
      return published;
    },
    lastWord(view) {
      const made = bare;
      // Should its answer be lost, nobody knows what stands there.
      bare = null;
      return sayLastWord(writing, run, view, made);
    },
  };
}
