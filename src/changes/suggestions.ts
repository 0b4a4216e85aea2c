import type { FileChange } from './file-change.ts';
import { lineDiff } from './line-diff.ts';
import { linesOf } from './lines.ts';

/** What a pull request's own diff shows of one file. */
export interface ShownFile {
  readonly path: string;
  /** Its hunks as GitHub gives them; null where it shows none (too large, binary). */
  readonly patch: string | null;
}

/** Lines of the pull request's head, and what should stand in their place. */
export interface Suggestion {
  readonly path: string;
  /** 1-based, inclusive, on the right side of the diff. */
  readonly startLine: number;
  readonly endLine: number;
  /** The new lines without line ends; none: the old ones are taken out. */
  readonly lines: readonly string[];
}

export type Suggested =
  | { readonly ok: true; readonly suggestions: readonly Suggestion[] }
  /** `why`: half a sentence, as in "it does not fit into suggestions: …". */
  | { readonly ok: false; readonly why: string };

/** What nobody sees in a suggestion, or GitHub writes otherwise: a CR before the line's end, controls, zero widths. */
const HIDDEN = /(?![\t\n])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u;

/** A change that people take in at a glance, one click at a time. Anything larger is a pull request. */
const MOST_HUNKS = 10;
const MOST_LINES = 30;

/**
 * A change as suggestions on lines that a pull request shows, or why it can't be told so. Committed one after another
 * or all together, the suggestions give exactly the change. What GitHub would not write as it stands (other line ends
 * than LF, a last line without one, a file that comes, goes or moves) is no suggestion.
 */
export function suggestionsFor(files: readonly FileChange[], shown: readonly ShownFile[]): Suggested {
  const suggestions: Suggestion[] = [];
  let lines = 0;
  for (const file of files) {
    const hunks = hunksOf(file);
    if (typeof hunks === 'string') return no(hunks);
    lines += hunks.reduce((sum, { from, to, added }) => sum + to - from + added.length, 0);
    const patch = shown.find(({ path }) => path === file.path)?.patch ?? '';
    const anchored = anchor(file, hunks, shownLines(patch));
    if (typeof anchored === 'string') return no(anchored);
    suggestions.push(...anchored);
  }
  if (suggestions.length > MOST_HUNKS)
    return no(`it changes ${suggestions.length} places, and ${MOST_HUNKS} are the most`);
  if (lines > MOST_LINES) return no(`it touches ${lines} lines, and ${MOST_LINES} are the most`);
  return { ok: true, suggestions };
}

const no = (why: string): Suggested => ({ ok: false, why });

/** Old lines `from` up to but not including `to`, counted from 0, and the lines that come in their place. */
interface Hunk {
  readonly from: number;
  readonly to: number;
  readonly added: readonly string[];
}

function hunksOf({ op, path, before, after, modeBefore, mode }: FileChange): readonly Hunk[] | string {
  if (op !== 'modify' || before === null || after === null)
    return `\`${path}\` is a file that comes, goes or moves`;
  if (modeBefore !== mode) return `the mode of \`${path}\` changes`;
  const hunks: { from: number; to: number; added: string[] }[] = [];
  let at = 0;
  let joins = false;
  for (const { added, removed, value } of lineDiff(before, after)) {
    const isChange = added || removed;
    if (isChange && !joins) hunks.push({ from: at, to: at, added: [] });
    joins = isChange;
    if (!added) at += value.length;
    const hunk = hunks.at(-1);
    if (added) hunk?.added.push(...value);
    else if (removed && hunk) hunk.to = at;
  }
  return hunks;
}

/** Gives each hunk the lines that it stands on: its own, or for new lines alone a neighbour, which stays. */
function anchor(
  { path, before }: FileChange,
  hunks: readonly Hunk[],
  shown: ReadonlyMap<number, { readonly hunk: number; readonly text: string }>,
): readonly Suggestion[] | string {
  const old = linesOf(before ?? '');
  const isShown = (index: number) => shown.get(index + 1)?.text === withoutEnd(old[index]);
  const places: { from: number; to: number; lines: string[] }[] = [];
  for (const { from, to, added } of hunks) {
    const last = places.at(-1);
    if (from < to) places.push({ from, to, lines: [...added] });
    else if (last?.to === from) last.lines.push(...added);
    else if (from > 0 && isShown(from - 1))
      places.push({ from: from - 1, to: from, lines: [old[from - 1] ?? '', ...added] });
    else if (from < old.length) places.push({ from, to: from + 1, lines: [...added, old[from] ?? ''] });
    else return `the pull request does not show the end of \`${path}\``;
  }
  const suggestions: Suggestion[] = [];
  for (const { from, to, lines } of places) {
    const replaced = old.slice(from, to);
    if (!replaced.every((_, offset) => isShown(from + offset)) || !inOneHunk(shown, from + 1, to))
      return `the pull request does not show the lines of \`${path}\` that it changes`;
    if (![...replaced, ...lines].every((line) => line.endsWith('\n') && !HIDDEN.test(line)))
      return `lines of \`${path}\` end otherwise than GitHub writes them, or hold what can’t be seen`;
    suggestions.push({ path, startLine: from + 1, endLine: to, lines: lines.map(withoutEnd) });
  }
  return suggestions;
}

const withoutEnd = (line = '') => (line.endsWith('\n') ? line.slice(0, -1) : line);

/** A comment that spans hunks is refused. */
function inOneHunk(shown: ReadonlyMap<number, { readonly hunk: number }>, start: number, end: number) {
  return shown.get(start)?.hunk === shown.get(end)?.hunk;
}

/** The lines that a patch shows of the new text, by number. */
function shownLines(patch: string): Map<number, { readonly hunk: number; readonly text: string }> {
  const lines = new Map<number, { readonly hunk: number; readonly text: string }>();
  let [hunk, number] = [0, 0];
  for (const line of patch.split('\n')) {
    const header = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (header) {
      hunk += 1;
      number = Number(header[1]);
    } else if (hunk > 0 && /^[ +]/.test(line)) {
      lines.set(number, { hunk, text: line.slice(1) });
      number += 1;
    }
  }
  return lines;
}
