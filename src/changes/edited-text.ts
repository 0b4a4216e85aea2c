import type { ChangeError } from './change-error.ts';
import type { Change } from './change-set.ts';
import { occurrences, textAmbiguous, textNotFound } from './find-text.ts';
import { hasOnlyCrlf, lineEndOf, linesOf, withLineEnds } from './lines.ts';
import { shownPath } from './paths.ts';
import { type Piece, replaceHits, replaceInBase, textOf } from './pieces.ts';
import { MAX_TEXT_BYTES } from './text.ts';

type RangeEdit = Extract<Change, { op: 'replace_range' }>;
type TextEdit = Extract<Change, { op: 'replace_text' }>;

/** One file's text while edits are made to it. Each edit gives null, or why it was not made; then nothing changed. */
export interface EditedText {
  replaceRange(edit: RangeEdit): ChangeError | null;
  replaceText(edit: TextEdit): ChangeError | null;
  /** Another text in its place; no range of the base can be found after it. */
  rewrite(text: string): ChangeError | null;
  text(): string;
}

const BOM = '\ufeff';
/** The most edits of one file, and the most places that one edit replaces: more make a rewrite, and cost seconds. */
const MAX_EDITS = 1_000;
const MAX_HITS = 10_000;

/**
 * Opens a text for edits. A byte order mark, the line ends, and whether the last line ends in one are properties of
 * the file that edits of its lines do not change.
 *
 * `replaceRange` counts lines in the base text, whatever was edited before; ranges come in any order and must not
 * touch. `start_line = end_line + 1` inserts before `start_line`: behind the last line always, elsewhere only with
 * `expect: ""`, since there it is more often a slip. `content` is whole lines; empty deletes them. In an empty file
 * `content` is taken as it is.
 *
 * `replaceText` looks at the text as it is by then. In a file with only CRLF a line end in `old` or `new` is CRLF,
 * and a final line end of `old` also matches the end of a file that has none.
 */
export function editText(path: string, base: string): EditedText {
  const bom = base.startsWith(BOM) ? BOM : '';
  const body = base.slice(bom.length);
  const lines = linesOf(body);
  const lineEnd = lineEndOf(body);
  // Edits work on lines that all end; the line end lent to the last one is taken back by `text`.
  const lent = body === '' || body.endsWith('\n') ? '' : lineEnd;
  const whole = body + lent;
  const crlf = hasOnlyCrlf(whole);
  const offsets = lineOffsets(lines, whole.length);
  let pieces: Piece[] = whole === '' ? [] : [{ from: 0, to: whole.length, added: null }];

  let edits = 0;
  const name = shownPath(path);
  const withoutBom = (text: string) => (bom !== '' && text.startsWith(BOM) ? text.slice(1) : text);
  const withoutLent = (text: string) =>
    lent !== '' && text.endsWith(lent) ? text.slice(0, -lent.length) : text;

  function asLines(content: string): string {
    if (content === '') return '';
    if (body !== '') return withLineEnds(content.endsWith('\n') ? content : `${content}\n`, lineEnd);
    const soFar = textOf(pieces, whole);
    return soFar === '' || soFar.endsWith('\n') ? content : `\n${content}`;
  }

  function tooMany(): ChangeError | null {
    edits += 1;
    return edits > MAX_EDITS ? tooManyEdits(name, `has over ${MAX_EDITS} edits`) : null;
  }

  return {
    replaceRange(edit) {
      const problem = tooMany() ?? rangeProblem(name, edit, lines.length);
      if (problem) return problem;
      const standing = lines.slice(edit.start_line - 1, edit.end_line).join('');
      const atStart = edit.start_line === 1 ? withoutBom : (text: string) => text;
      if (edit.expect !== undefined && !sameLines(standing, atStart(edit.expect))) {
        return staleRange(name, edit, standing);
      }
      const from = offsets[edit.start_line - 1]!;
      const edited = replaceInBase(pieces, from, offsets[edit.end_line]!, asLines(atStart(edit.content)));
      if (!edited) return overlap(name, edit);
      pieces = edited;
      return null;
    },

    replaceText(edit) {
      const problem = tooMany();
      if (problem) return problem;
      if (edit.old === '') {
        return error(
          'text_empty',
          `The text to replace in ${name} is empty.`,
          'Give the text that stands there.',
        );
      }
      const inFile = (text: string) => (crlf ? withLineEnds(withoutBom(text), '\r\n') : withoutBom(text));
      const old = inFile(edit.old);
      let replacement = inFile(edit.new);
      const full = textOf(pieces, whole);
      const visible = withoutLent(full);
      let hits = occurrences(visible, old, edit.all === true);
      if (hits.length === 0 && lent !== '' && old.length > lent.length && full.endsWith(old)) {
        hits = [{ start: full.length - old.length, end: visible.length }];
        replacement = withoutLent(replacement);
      }
      if (hits.length === 0) return textNotFound(name, visible, edit.old);
      if (hits.length > 1 && edit.all !== true) return textAmbiguous(name, visible, hits);
      if (hits.length > MAX_HITS) return tooManyEdits(name, `would be edited in ${hits.length} places`);
      if (full.length + hits.length * (replacement.length - old.length) > MAX_TEXT_BYTES) {
        return error(
          'file_too_large',
          `${name} would grow over ${MAX_TEXT_BYTES} bytes.`,
          'Propose a smaller change.',
        );
      }
      pieces = replaceHits(pieces, hits, replacement);
      return null;
    },

    rewrite(text) {
      const problem = tooMany();
      if (problem) return problem;
      pieces = [{ from: 0, to: whole.length, added: withoutBom(text) + lent }];
      return null;
    },

    text: () => bom + withoutLent(textOf(pieces, whole)),
  };
}

/** The offset of each line's start, and behind the last line the length of the text. */
function lineOffsets(lines: readonly string[], length: number): number[] {
  let at = 0;
  const starts = lines.map((line) => {
    const start = at;
    at += line.length;
    return start;
  });
  return [...starts, length];
}

function rangeProblem(name: string, edit: RangeEdit, lineCount: number): ChangeError | null {
  const { start_line: start, end_line: end } = edit;
  if (start < 1 || start > lineCount + 1 || end > lineCount) {
    return error(
      'range_outside_file',
      `${name} has ${lineCount} lines; lines ${start} to ${end} were asked for.`,
      `Read the file again. Lines count from 1 in the base text; ${lineCount + 1} to ${lineCount} appends.`,
    );
  }
  const inserts = start === end + 1 && (start === lineCount + 1 || edit.expect !== undefined);
  if (start <= end || inserts) return null;
  return error(
    'range_inverted',
    `The range of ${name} starts at line ${start} and ends at line ${end}, before it.`,
    `To insert before line ${start}, give end_line ${start - 1} and an empty "expect".`,
  );
}

/** Exact, but for CRLF against LF and a missing final line end. */
function sameLines(standing: string, expected: string): boolean {
  const [there, asked] = [withLineEnds(standing, '\n'), withLineEnds(expected, '\n')];
  return there === asked || there === `${asked}\n` || `${there}\n` === asked;
}

function staleRange(name: string, edit: RangeEdit, standing: string): ChangeError {
  const shown = standing.length > 400 ? `${standing.slice(0, 400)}…` : standing;
  const what =
    standing === '' ? 'it inserts, so "expect" must be empty' : `there stands ${JSON.stringify(shown)}`;
  return error(
    'stale_range',
    `Lines ${edit.start_line} to ${edit.end_line} of ${name} are not what the edit expects: ${what}.`,
    'Read the file again and make the edit against what stands there.',
  );
}

function overlap(name: string, edit: RangeEdit): ChangeError {
  return error(
    'overlapping_ranges',
    `Lines ${edit.start_line} to ${edit.end_line} of ${name} were changed by an earlier edit of this change set.`,
    'Make one edit of the two; line numbers always count in the base text.',
  );
}

function tooManyEdits(name: string, what: string): ChangeError {
  return error('too_many_edits', `${name} ${what}.`, 'Rewrite the file: delete it and create it again.');
}

function error(code: string, message: string, hint: string): ChangeError {
  return { code, message, hint };
}
