import { foldLine, withoutSpacing, withoutWhiteSpace } from './fold.ts';
import type { OpenText } from './open-text.ts';
import { type Shift, shiftBetween } from './shift.ts';
import { unspaced } from './unspaced.ts';

/** Lines of a text that an edit may mean. */
export interface LinePlace {
  readonly at: number;
  readonly count: number;
}

/** Lines that are compared, of all places of one text together: more places are a pattern of the file. */
const MOST_COMPARED = 500_000;

/** Where whole lines stand, but for spaces at their ends and Unicode punctuation. */
export function foldedPlaces(text: OpenText, wanted: readonly string[]): LinePlace[] {
  return placed(runsOf(text.folded, wanted.map(foldLine)), wanted);
}

/** Where whole lines stand when all of them are indented further, or all less, by one amount. */
export function shiftedPlaces(text: OpenText, wanted: readonly string[]): LinePlace[] {
  const trimmed = wanted.map((line) => foldLine(line).trimStart());
  if (trimmed.every((line) => line === '')) return [];
  const starts = runsOf(text.trimmed, trimmed);
  if (starts.length * wanted.length > MOST_COMPARED) return [];
  return placed(starts, wanted).filter((place) => shiftAt(text, place, wanted) !== null);
}

/** How the lines of a place are indented against the wanted ones; null when unevenly, or when they are not as many. */
export function shiftAt(text: OpenText, { at, count }: LinePlace, wanted: readonly string[]): Shift | null {
  return count === wanted.length ? shiftBetween(wanted, text.lines.slice(at, at + count)) : null;
}

/**
 * Where lines stand that differ from the wanted ones in nothing but spacing, or in how one of them is broken up. Linear:
 * both texts are compared without their spacing, character by character.
 */
export function spacedPlaces(text: OpenText, wanted: readonly string[]): LinePlace[] {
  const folded = wanted.map(foldLine);
  // Most searches end here, at a fraction of the cost.
  if (!text.bare.includes(withoutWhiteSpace(folded))) return [];
  const target = unspaced(folded).text;
  const { text: all, starts, ends } = text.unspaced;
  if (target === '' || !all.includes(target)) return [];
  const layout = folded.map(withoutSpacing);
  const places: LinePlace[] = [];
  let compared = 0;
  for (const offset of runsOf(all.split(''), target.split(''))) {
    const [at, last] = [starts.get(offset), ends.get(offset + target.length)];
    if (at === undefined || last === undefined) continue;
    compared += last + 1 - at;
    if (compared > MOST_COMPARED) return [];
    const there = text.folded.slice(at, last + 1).map(withoutSpacing);
    if (isSameLayout(there, layout)) places.push({ at, count: there.length });
  }
  return places;
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
