import { marker } from '../messages/markers.ts';
import { notice } from '../messages/notice.ts';
import { statusComment } from '../messages/status-comment.ts';
import type { Publisher } from '../runs/ports.ts';
import type { RunId } from '../runs/run-id.ts';
import { lastWrite } from '../runs/run-view.ts';
import { enableAutoMerge } from './auto-merge.ts';
import type { Client } from './client.ts';
import { sayLastWord } from './last-word.ts';
import { publishChange } from './publish-change.ts';
import { settle } from './settle.ts';
import { offerSuggestions } from './suggestions.ts';
import type { Writing } from './writing.ts';

/**
 * The only writer to GitHub. Each act is one file, and each may be repeated. `push` gives the client that may write
 * contents: it is asked for where policy has let a change through, and nowhere else.
 */
export function createPublisher(writing: Writing, push: () => Client, run: RunId): Publisher {
  const { comments, request, trigger } = writing;
  let bare: string | null = null;
  const pushing = (): Writing => ({ ...writing, client: push() });
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
    mergeWhenReady: (number) => enableAutoMerge(push(), request.repository, number),
    settle: (settled) => settle(pushing(), run, settled),
    async publish(change, view) {
      const published = await publishChange(pushing(), change, view);
      const writes = published.ok ? published.value.writes : [];
      bare = writes.find(({ thing, how }) => thing === 'commit' && how === 'created')?.name ?? null;
      return published;
    },
    lastWord(view) {
      const made = bare;
      // Should its answer be lost, nobody knows what stands there.
      bare = null;
      // GitHub lets those with write access resolve a thread on a line; a token is taken to need it, too.
      return sayLastWord(lastWrite(view, 'commit') ? pushing() : writing, run, view, made);
    },
  };
}
