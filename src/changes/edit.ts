import type { Change } from './change-set.ts';

/** The edit formats that Conductor reads (design.md, section 7). */
export const EDIT_FORMATS = [
  'change-set',
  'search-replace',
  'search-replace-blocks',
  'unified-diff',
  'apply-patch',
] as const;
export type EditFormat = (typeof EDIT_FORMATS)[number];

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

/** One edit: a change that names its place exactly, or one whose place has to be found. */
export type Edit = Change | SearchReplace | PatchFile;

/** A text to look for and what to put in its place. An empty `search` writes a file that is not there, or is empty. */
export interface SearchReplace {
  readonly op: 'search_replace';
  readonly path: string;
  readonly search: string;
  readonly replace: string;
  /** Every place instead of exactly one. */
  readonly all?: boolean | undefined;
  /** The texts are whole lines, as in blocks; else `search` may be a part of a line. */
  readonly wholeLines?: boolean;
  /** The line that the text should start on, 1-based: decides between places, and never against the text. */
  readonly line?: number | undefined;
  /** The same without the numbers that its lines seem to have: meant when the text stands nowhere as it is. */
  readonly unnumbered?: Pick<SearchReplace, 'search' | 'replace' | 'line'>;
}

/** Hunks for one file, in the file's order. */
export interface PatchFile {
  readonly op: 'patch_file';
  readonly path: string;
  /** How hunks find their place: by their line numbers (a diff), by their text, or by text from the top down (V4A). */
  readonly by: 'number' | 'text' | 'order';
  readonly hunks: readonly Hunk[];
  /** The hunks take out all of the file, and the file with it. */
  readonly deletes?: boolean;
}

export interface Hunk {
  readonly lines: readonly HunkLine[];
  /** The 1-based line of the old text that the hunk starts on; null when it tells none. */
  readonly line: number | null;
  /** Lines that stand before the hunk, outermost first (`@@ class Cart`). */
  readonly anchors: readonly string[];
  /** The hunk's old lines are the last of the file. */
  readonly atEnd: boolean;
}

export interface HunkLine {
  /** Both texts have the line, only the old one, or only the new one. */
  readonly sign: ' ' | '-' | '+';
  /** Without its line feed; a carriage return stays. */
  readonly text: string;
  /** The line is told to have no line end ("\ No newline at end of file"). */
  readonly bare?: true;
}

/**
 * How the place of an edit was found, strictest first: as it stands; with other line ends, trailing spaces or Unicode
 * punctuation; with all lines indented further or less; with other spacing; with a line of context that differs.
 */
export const WAYS_FOUND = ['exact', 'folded', 'shifted', 'spaced', 'similar'] as const;
export type WayFound = (typeof WAYS_FOUND)[number];

/** How far hunks may be from what the file says. */
export interface Latitude {
  /** Nothing is made equal: line ends, spaces and punctuation stand as the edit says. */
  readonly exact?: boolean;
  /** Lines of context that may differ when a numbered hunk stands nowhere as it is; 0 when absent. */
  readonly fuzz?: number;
}
