import type { ChangeError } from '../change-error.ts';
import type { SearchReplace, WayFound } from '../edit.ts';
import { textAmbiguous } from '../find-text.ts';
import { withLineEnds } from '../lines.ts';
import { MAX_TEXT_BYTES } from '../text.ts';
import { linesNotFound } from './nearest-lines.ts';
import { type OpenText, openText, type Splice } from './open-text.ts';
import { type Asked, type Candidate, WAYS_TO_FIND } from './ways-to-find.ts';

export type Rewritten =
  | { readonly ok: true; readonly text: string; readonly found: WayFound }
  | { readonly ok: false; readonly error: ChangeError };

const MAX_PLACES = 10_000;

/**
 * A text after one edit that says what to look for and what to put there. Right or refused: the first way that finds
 * anything decides; one place is taken, several are refused, and no looser way gets to choose among them. Lines that
 * the edit does not change stay byte for byte. With `exact`, only texts that stand as they are given are found.
 *
 * Errors: `same_text`, `text_empty`, `text_not_found` with the nearest lines, `text_ambiguous`, `inside_word`,
 * `indent_unclear`, `line_end_unclear`, `range_outside_file`, `too_many_edits`, `file_too_large`.
 */
export function searchReplace(name: string, before: string, edit: SearchReplace, exact = false): Rewritten {
  const made = rewrite(name, before, edit, exact);
  const isNowhere = !made.ok && made.error.code === 'text_not_found';
  return isNowhere && edit.unnumbered ? rewrite(name, before, { ...edit, ...edit.unnumbered }, exact) : made;
}

function rewrite(name: string, before: string, edit: SearchReplace, exact: boolean): Rewritten {
  const text = openText(before, exact);
  const asked = askedOf(name, edit, exact);
  if (asked.search === asked.replace)
    return refused('same_text', `The edit of ${name} replaces a text by itself.`, 'Leave it out.');
  if (asked.search === '') {
    if (text.view === '') return { ok: true, text: before + edit.replace, found: 'exact' };
    return refused(
      'text_empty',
      `The text to replace in ${name} is empty, and the file is not.`,
      'Give the text that stands there.',
    );
  }
  if (edit.line !== undefined && edit.line > text.lines.length) {
    const message = `The edit starts on line ${edit.line} of ${name}, which has ${text.lines.length} lines.`;
    return refused('range_outside_file', message, 'Read the file again: the edit was made for another text.');
  }
  for (const [found, way] of exact ? WAYS_TO_FIND.slice(0, 1) : WAYS_TO_FIND) {
    const candidates = way(text, asked);
    if (candidates.length > 0) return written(asked, text, found, chosen(text, asked, candidates, edit.line));
  }
  return { ok: false, error: linesNotFound(name, text, asked.old) };
}

function askedOf(name: string, edit: SearchReplace, exact: boolean): Asked {
  const plain = (text: string) => (exact ? text : withLineEnds(text.replace(/^\ufeff/, ''), '\n'));
  const [search, replace] = [plain(edit.search), plain(edit.replace)];
  const endsLine = search.endsWith('\n');
  const linesOf = (text: string) => (endsLine && text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  return {
    name,
    search,
    replace,
    all: edit.all === true,
    wholeLines: edit.wholeLines === true,
    old: linesOf(search),
    now: endsLine && replace === '' ? [] : linesOf(replace),
  };
}

/** All candidates when all are asked for, else the only one, or the one on the line that the edit names. */
function chosen(
  text: OpenText,
  { name, all }: Asked,
  candidates: readonly Candidate[],
  line: number | undefined,
): readonly Candidate[] | ChangeError {
  if (candidates.length > MAX_PLACES) {
    const message = `${name} would be edited in ${candidates.length} places.`;
    return { code: 'too_many_edits', message, hint: 'Rewrite the file instead.' };
  }
  const apart = candidates.every(({ start }, index) => start >= (candidates[index - 1]?.end ?? 0));
  if (candidates.length === 1 || (all && apart)) return candidates;
  const named = candidates.filter(({ start }) => line !== undefined && start === text.starts[line - 1]);
  return !all && named.length === 1 ? named : textAmbiguous(name, text.view, candidates);
}

function written(
  { name }: Asked,
  text: OpenText,
  found: WayFound,
  candidates: readonly Candidate[] | ChangeError,
): Rewritten {
  if ('code' in candidates) return { ok: false, error: candidates };
  const splices: Splice[] = [];
  let size = text.view.length;
  for (const { write } of candidates) {
    const made = write();
    if ('code' in made) return { ok: false, error: made };
    splices.push(...made);
    size += made.reduce((sum, { start, end, text }) => sum + text.length - (end - start), 0);
    if (size > MAX_TEXT_BYTES)
      return refused(
        'file_too_large',
        `${name} would grow over ${MAX_TEXT_BYTES} bytes.`,
        'Propose a smaller change.',
      );
  }
  return { ok: true, text: text.close(splices), found };
}

function refused(code: string, message: string, hint: string): Rewritten {
  return { ok: false, error: { code, message, hint } };
}
