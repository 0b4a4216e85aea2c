import type { RunId } from '../runs/run-id.ts';

/** GitHub refuses comments and pull request bodies over this many characters. */
export const COMMENT_LIMIT = 65_536;

/** True for a text that starts as ours do; whoever wrote it. */
export const isMarked = (text: string) => text.startsWith('<!-- conductor:');

/** The first line of our comments: invisible to readers, and how a comment is found again from its run id. */
export function marker(kind: 'status' | 'notice' | 'pull-request' | 'suggestions', run: RunId): string {
  return `<!-- conductor:${kind} run=${run} -->`;
}
