import type { ChangeSet } from '../changes/change-set.ts';
import type { FileChange } from '../changes/file-change.ts';

/** What an agent came to. Plain data: this is all that leaves the room. */
export type Thought =
  | { readonly kind: 'answer'; readonly text: string }
  /** Whoever asked has to answer; or somebody who may approve. */
  | { readonly kind: 'question'; readonly text: string }
  | { readonly kind: 'approval'; readonly text: string }
  | {
      readonly kind: 'proposal';
      readonly text: string;
      readonly changeSet: ChangeSet;
      /** What the change set does to each file; empty when it could not be applied: policy then says why. */
      readonly files: readonly FileChange[];
    }
  | {
      readonly kind: 'failure';
      readonly code: string;
      readonly message: string;
      readonly next: string;
      readonly text: string;
    };

/** An agent that ended with words and no change. */
export function saidOnly(text: string, mustChange: boolean): Thought {
  if (mustChange)
    return {
      kind: 'failure',
      code: 'no_changes',
      message: 'The agent ended without changing any file.',
      next: 'Say which file or behaviour should change, or ask a question without `fix`.',
      text,
    };
  if (text.trim() !== '') return { kind: 'answer', text };
  const message = 'The agent ended without a word.';
  return { kind: 'failure', code: 'empty_answer', message, next: 'Ask again.', text };
}
