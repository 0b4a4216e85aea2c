import type { CommandRequest } from '../commands/request.ts';
import { asSeen } from './as-seen.ts';
import { asCode, element, group } from './hostile-text.ts';
import { type Piece, within } from './share-out.ts';
import { before, type ThreadMessage } from './transcript.ts';

/** What was said about lines of a pull request, as people saw it. Lines are 1-based; null: the diff has moved on. */
export interface ReviewThread {
  readonly path: string;
  /** The last line that it is about. */
  readonly line: number | null;
  /** The first; null where it is about one line. */
  readonly startLine: number | null;
  /** The part of the diff that it stood under. */
  readonly diffHunk: string;
  readonly resolved: boolean;
  /** Oldest first. */
  readonly comments: readonly ThreadMessage[];
}

const HUNK_LINES = 8;

/** Review threads as whoever asked had seen them: a thread of which nothing is left goes. */
export function reviewsBefore(
  { asking }: CommandRequest,
  threads: readonly ReviewThread[],
): { readonly earlier: readonly ReviewThread[]; readonly editedSince: readonly string[] } {
  const read = threads.map((thread) => ({ thread, ...before(thread.comments, asking.createdAt) }));
  return {
    earlier: read
      .filter(({ earlier }) => earlier.length > 0)
      .map(({ thread, earlier }) => ({ ...thread, comments: earlier })),
    editedSince: read.flatMap(({ thread, editedSince }) =>
      editedSince.map((each) => `${each}, on ${thread.path}`),
    ),
  };
}

/** Review threads, open ones first; what was settled goes first when there is not room for all. */
export function reviewsPiece(threads: readonly ReviewThread[], room: number): Piece {
  const open = threads.filter(({ resolved }) => !resolved);
  const settled = threads.filter(({ resolved }) => resolved);
  return within([...open, ...settled].map(rendered), room, (dropped) => count(dropped, 'review thread'));
}

function rendered({ path, line, startLine, diffHunk, resolved, comments }: ReviewThread): string {
  const lines = line === null ? '' : startLine === null ? `${line}` : `${startLine}-${line}`;
  const hunk = asCode(diffHunk).split('\n').slice(-HUNK_LINES).join('\n');
  return group('review_thread', { path, lines, resolved: resolved ? 'yes' : 'no' }, [
    element('pull_request_changes', {}, hunk),
    ...comments.map(({ author, body }) => element('message', { by: author }, asSeen(body))),
  ]);
}

const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
