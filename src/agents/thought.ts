import type { ChangeSet } from '../changes/change-set.ts';
import type { FileChange } from '../changes/file-change.ts';

/** What an agent came to. Plain data: this is all that leaves the room. */
export type Thought =
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'question'; readonly text: string }
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
