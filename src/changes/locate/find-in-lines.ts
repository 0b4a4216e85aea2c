import type { ChangeError } from '../change-error.ts';
import { lineAt } from '../lines.ts';
import type { Hit } from '../pieces.ts';
import { foldCharacters, isWord } from './fold.ts';
import type { OpenText } from './open-text.ts';

/** Where a part of one line stands, but for Unicode punctuation and compatible characters. */
export function foldedHits(text: OpenText, search: string): Hit[] {
  const wanted = foldCharacters(search);
  if (wanted.trim() === '' || wanted.includes('\n')) return [];
  return text.folded.flatMap((folded, index) => {
    if (!folded.includes(wanted)) return [];
    const start = text.starts[index] ?? 0;
    return hitsIn(text.lines[index] ?? '', wanted).map((hit) => ({
      start: start + hit.start,
      end: start + hit.end,
    }));
  });
}

/** Hits in one line, as offsets of the line as it is. None where folding a character depends on its neighbours. */
function hitsIn(line: string, wanted: string): Hit[] {
  const characters = [...line];
  const pieces = characters.map(foldCharacters);
  const folded = pieces.join('');
  if (folded !== foldCharacters(line)) return [];
  const offsets = new Map<number, number>();
  let [from, to] = [0, 0];
  for (const [index, character] of characters.entries()) {
    offsets.set(to, from);
    from += character.length;
    to += pieces[index]?.length ?? 0;
  }
  offsets.set(to, from);
  const hits: Hit[] = [];
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + wanted.length)) {
    const [start, end] = [offsets.get(at), offsets.get(at + wanted.length)];
    if (start !== undefined && end !== undefined) hits.push({ start, end });
  }
  return hits;
}

/**
 * Why a text that stands in the file may still not be the one that was meant; null when it is. A word that begins or
 * ends inside another is a different word, unless all places are meant, and what new lines are indented by has to be told.
 */
export function unclearHit(
  name: string,
  { view }: OpenText,
  hit: Hit,
  replace: string,
  all: boolean,
): ChangeError | null {
  const where = `line ${lineAt(view, hit.start)} of ${name}`;
  const [before, after] = [view[hit.start - 1] ?? '\n', view[hit.end] ?? '\n'];
  const [first, last] = [view[hit.start] ?? '', view[hit.end - 1] ?? ''];
  if (!all && (isInsideWord(view, hit.start) || isInsideWord(view, hit.end))) {
    return {
      code: 'inside_word',
      message: `The text to replace is only a part of a longer word in ${where}.`,
      hint: 'Give the whole word, or the whole line.',
    };
  }
  const indent = view.slice(view.lastIndexOf('\n', hit.start - 1) + 1, hit.start);
  const found = view.slice(hit.start, hit.end);
  const isOneLine = !found.trim().includes('\n') && (after === '\n' || last === '\n');
  const newLines = replace.split('\n').filter((line) => line.trim() !== '');
  const isIndented = indent !== '' && indent.trim() === '';
  const leavesIndent = last === '\n' && /^(?:\n|$)/.test(replace);
  if (isIndented && (leavesIndent || (isOneLine && newLines.length > 1))) return indentUnclear(where);
  const joinsBelow = last === '\n' && indent === '' && /[^\n]$/.test(replace) && hit.end < view.length;
  const startsInside = last === '\n' && indent.trim() !== '';
  const joinsAbove =
    first === '\n' && before !== '\n' && last === '\n' && /^[^\n]/.test(replace) && replace.endsWith('\n');
  if (startsInside || joinsBelow || joinsAbove) {
    return {
      code: 'line_end_unclear',
      message: `The old and the new text do not start and end lines alike, around ${where}.`,
      hint: 'Start and end both with a line end, or neither.',
    };
  }
  return null;
}

/** Whether a word goes on across an offset. `${` and `$(` begin what is put into a text, and no name. */
function isInsideWord(text: string, at: number): boolean {
  return isWord(text[at - 1] ?? '') && isWord(text[at] ?? '') && !/^\$[{(]/.test(text.slice(at, at + 2));
}

/** The error for new lines whose indent can't be told from the old ones. */
export function indentUnclear(where: string): ChangeError {
  return {
    code: 'indent_unclear',
    message: `How far the new lines are to be indented can't be told: the old ones are indented otherwise in ${where}.`,
    hint: 'Give whole lines with their indents, old and new.',
  };
}
