import type { ChangeError } from '../change-error.ts';
import { type Hunk, type HunkLine, type Latitude, type PatchFile, WAYS_FOUND } from '../edit.ts';
import { hasOnlyCrlf } from '../lines.ts';
import { MAX_TEXT_BYTES } from '../text.ts';
import { BOM, openText } from './open-text.ts';
import { placeByNumber } from './place-by-number.ts';
import { placeByText } from './place-by-text.ts';
import type { Rewritten } from './search-replace.ts';
import { splicesOf } from './write-lines.ts';

const MAX_HUNKS = 1_000;

/**
 * A text after the hunks of one file. Right or refused: every hunk has one place that it can mean, in the order of
 * the hunks, and none is made when one has not. The file's context, line ends and final line end stay.
 *
 * Errors: `text_not_found` with the nearest lines, `text_ambiguous`, `hunk_without_place`, `hunks_out_of_order`,
 * `final_line_end`, `too_many_edits`, `file_too_large`.
 */
export function patchText(name: string, before: string, edit: PatchFile, latitude: Latitude = {}): Rewritten {
  if (edit.hunks.length > MAX_HUNKS)
    return refused(
      'too_many_edits',
      `The patch of ${name} has over ${MAX_HUNKS} hunks.`,
      'Rewrite the file instead.',
    );
  const raw = edit.by === 'number' && (latitude.exact === true || !lineEndsAgree(before, edit.hunks));
  const text = openText(before, raw);
  const marked = before.startsWith(BOM) ? edit.hunks.map(withoutMark) : edit.hunks;
  const hunks = raw ? marked : marked.map(withoutReturns);

  const placed =
    edit.by === 'number'
      ? placeByNumber(name, text, hunks, latitude)
      : placeByText(name, text, hunks, edit.by, latitude.exact === true);
  if ('code' in placed) return { ok: false, error: placed };
  const sorted = [...placed].sort((a, b) => a.at - b.at || a.end - b.end);
  const changes = sorted.flatMap(({ changes }) => changes);
  if (changes.some(({ from }, index) => from < (changes[index - 1]?.to ?? 0)))
    return refused(
      'hunks_out_of_order',
      `Two hunks of ${name} want the same lines.`,
      'Make one hunk of the two.',
    );

  const ending = endsLineAfter(
    text.endsLine,
    edit,
    latitude.fuzz ?? 0,
    sorted.at(-1)?.end === text.lines.length,
  );
  if (ending === null)
    return refused(
      'final_line_end',
      `The patch and ${name} do not agree on the line end at the end of the file.`,
      'Read the end of the file again.',
    );
  const splices = splicesOf(text, changes);
  const size = splices.reduce(
    (sum, { start, end, text }) => sum + text.length - (end - start),
    text.view.length,
  );
  if (size > MAX_TEXT_BYTES)
    return refused(
      'file_too_large',
      `${name} would grow over ${MAX_TEXT_BYTES} bytes.`,
      'Propose a smaller change.',
    );
  const loosest = Math.max(0, ...placed.map(({ found }) => WAYS_FOUND.indexOf(found)));
  return { ok: true, text: text.close(splices, ending), found: WAYS_FOUND[loosest] ?? 'exact' };
}

/** Whether a patch may be read with the file's line ends: the file has one kind, and the patch has one kind. */
function lineEndsAgree(text: string, hunks: readonly Hunk[]): boolean {
  if (text.includes('\r\n') && !hasOnlyCrlf(text)) return false;
  const returns = hunks.flatMap(({ lines }) =>
    lines.filter(({ bare }) => !bare).map(({ text }) => text.endsWith('\r')),
  );
  return new Set(returns).size <= 1;
}

function withoutReturns(hunk: Hunk): Hunk {
  if (!hunk.lines.some(({ text }) => text.endsWith('\r'))) return hunk;
  return { ...hunk, lines: hunk.lines.map((line) => ({ ...line, text: line.text.replace(/\r$/, '') })) };
}

/** git shows a byte order mark as a part of the first line. One that stays is the file's own, as in `openText`. */
function withoutMark(hunk: Hunk): Hunk {
  const first = (['+', '-'] as const).flatMap((other) => hunk.lines.find(({ sign }) => sign !== other) ?? []);
  if (!first.every(({ text }) => text.startsWith(BOM))) return hunk;
  const lines = hunk.lines.map((line) =>
    first.includes(line) ? { ...line, text: line.text.slice(1) } : line,
  );
  return { ...hunk, lines };
}

/**
 * Whether the file ends in a line end afterwards; null when the patch tells of a change to it that can't be made.
 * With fuzz, such a change is passed over (as jsdiff does).
 */
function endsLineAfter(endsLine: boolean, edit: PatchFile, fuzz: number, atEnd: boolean): boolean | null {
  const bare = (sign: HunkLine['sign']) =>
    edit.hunks.at(-1)?.lines.some((line) => line.bare && line.sign === sign) ?? false;
  const [wasBare, isBare] = [bare('-'), bare('+')];
  if (!wasBare && !isBare) return endsLine;
  const fits = endsLine !== wasBare && (wasBare === isBare || atEnd);
  if (fits) return !isBare;
  return fuzz > 0 ? endsLine : null;
}

function refused(code: string, message: string, hint: string): Rewritten {
  const error: ChangeError = { code, message, hint };
  return { ok: false, error };
}
