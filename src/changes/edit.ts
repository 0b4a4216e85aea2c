import type { Change } from './change-set.ts';

/** The edit formats that Conductor reads (design.md, section 7). */
export type EditFormat =
  | 'change-set'
  | 'search-replace'
  | 'search-replace-blocks'
  | 'unified-diff'
  | 'apply-patch';

/** What somebody wrote in one edit format, as plain data. Every format is read to this, and applied by `applyEdits`. */
export interface Edits {
  readonly format: EditFormat;
  /** The commit that the edits are made against; null when the format does not say. */
  readonly base: string | null;
  /** What the writer said beside the edits; may be empty. */
  readonly summary: string;
  /** Made in order, each on what the ones before have left. */
  readonly edits: readonly Edit[];
}

/** One edit. */
export type Edit = Change;
