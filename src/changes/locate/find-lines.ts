import { foldLine, isWord, joined, withoutSpacing } from './fold.ts';
import type { OpenText } from './open-text.ts';
import { type Shift, shiftBetween } from './shift.ts';

/** Lines of a text that an edit may mean. */
export interface LinePlace {
  readonly at: number;
  readonly count: number;
}

/** Longer texts are not looked for with other spacing. */
const LONGEST_SPACED = 5_000;
/** More places than these are a pattern of the file. */
const MOST_SPACED = 100;

/** Where whole lines stand, but for spaces at their ends and Unicode punctuation. */
export function foldedPlaces(text: OpenText, wanted: readonly string[]): LinePlace[] {
  return placed(runsOf(text.folded, wanted.map(foldLine)), wanted);
}

/** Where whole lines stand when all of them are indented further, or all less, by one amount. */
export function shiftedPlaces(text: OpenText, wanted: readonly string[]): LinePlace[] {
  const trimmed = wanted.map((line) => foldLine(line).trimStart());
  if (trimmed.every((line) => line === '')) return [];
  return placed(runsOf(text.trimmed, trimmed), wanted).filter(
    (place) => shiftAt(text, place, wanted) !== null,
  );
}

/** How the lines of a place are indented against the wanted ones; null when unevenly, or when they are not as many. */
export function shiftAt(text: OpenText, { at, count }: LinePlace, wanted: readonly string[]): Shift | null {
  return count === wanted.length ? shiftBetween(wanted, text.lines.slice(at, at + count)) : null;
}

/** Where lines stand that differ from the wanted ones in nothing but spacing, or in how one of them is broken up. */
export function spacedPlaces(text: OpenText, wanted: readonly string[]): LinePlace[] {
  if (wanted.reduce((length, line) => length + line.length + 1, 0) > LONGEST_SPACED) return [];
  const unspaced = wanted.map(withoutSpacing);
  const target = unspaced.reduce(joined, '');
  if (target === '') return [];
  const places: LinePlace[] = [];
  for (const [at, line] of text.folded.entries()) {
    if (line === '') continue;
    const end = endOfSpaced(text.folded, at, target);
    if (end === null) continue;
    const there = text.lines.slice(at, end).map(withoutSpacing);
    if (isSameLayout(there, unspaced)) places.push({ at, count: end - at });
    if (places.length > MOST_SPACED) return [];
  }
  return places;
}

/** The index behind the lines, from `at` on, that read as `target` without spacing; null when they do not. */
function endOfSpaced(lines: readonly string[], at: number, target: string): number | null {
  let [matched, before, isApart] = [0, '', false];
  for (let index = at; index < lines.length; index += 1) {
    const line = lines[index]!;
    for (let column = 0; column < line.length; column += 1) {
      const character = line[column]!;
      if (character <= ' ') {
        isApart = true;
        continue;
      }
      if (isApart && isWord(before) && isWord(character))
        matched += target[matched] === ' ' ? 1 : target.length;
      if (target[matched] !== character) return null;
      matched += 1;
      [before, isApart] = [character, false];
    }
    if (matched === target.length) return index + 1;
    isApart = true;
  }
  return null;
}

/** Either all lines correspond, or one wanted line is broken into several, none of them blank. */
function isSameLayout(there: readonly string[], wanted: readonly string[]): boolean {
  const corresponds = there.length === wanted.length && there.every((line, index) => line === wanted[index]);
  return corresponds || (wanted.length === 1 && !there.includes(''));
}

/** Every index at which `wanted` stands in `lines`, overlapping ones too. Linear (Knuth, Morris and Pratt). */
export function runsOf(lines: readonly string[], wanted: readonly string[]): number[] {
  const found: number[] = [];
  if (wanted.length === 0) return found;
  const borders = bordersOf(wanted);
  let matched = 0;
  for (const [index, line] of lines.entries()) {
    while (matched > 0 && wanted[matched] !== line) matched = borders[matched - 1] ?? 0;
    if (wanted[matched] === line) matched += 1;
    if (matched < wanted.length) continue;
    found.push(index - matched + 1);
    matched = borders[matched - 1] ?? 0;
  }
  return found;
}

/** For each line, how many of the lines up to it are also the first lines. */
function bordersOf(wanted: readonly string[]): number[] {
  const borders = [0];
  let length = 0;
  for (const line of wanted.slice(1)) {
    while (length > 0 && wanted[length] !== line) length = borders[length - 1] ?? 0;
    if (wanted[length] === line) length += 1;
    borders.push(length);
  }
  return borders;
}

function placed(starts: readonly number[], wanted: readonly string[]): LinePlace[] {
  return starts.map((at) => ({ at, count: wanted.length }));
}
