import type { ChangeError } from '../change-error.ts';
import type { WayFound } from '../edit.ts';
import { occurrences } from '../find-text.ts';
import { foldedHits, indentUnclear, unclearHit } from './find-in-lines.ts';
import { foldedPlaces, type LinePlace, runsOf, shiftAt, shiftedPlaces, spacedPlaces } from './find-lines.ts';
import { indentOf } from './fold.ts';
import type { OpenText, Splice } from './open-text.ts';
import { type Shift, shiftBetween, shiftLines } from './shift.ts';
import { similarPlace } from './similar-place.ts';
import { changesAt, hunkBetween, splicesOf } from './write-lines.ts';

/** What is looked for, with plain line feeds, and as lines, for when it is taken as whole lines. */
export interface Asked {
  readonly name: string;
  readonly search: string;
  readonly replace: string;
  readonly all: boolean;
  readonly wholeLines: boolean;
  readonly old: readonly string[];
  readonly now: readonly string[];
}

/** A place that may be meant, in the view. */
export interface Candidate {
  readonly start: number;
  readonly end: number;
  /** What to write there, or why that can't be told. Worked out for the places that are chosen only. */
  write(): readonly Splice[] | ChangeError;
}

type Way = (text: OpenText, asked: Asked) => readonly Candidate[];

/** How a text is looked for, strictest first. */
export const WAYS_TO_FIND: readonly (readonly [WayFound, Way])[] = [
  ['exact', exactly],
  ['folded', folded],
  ['folded', foldedInLine],
  ['shifted', shifted],
  ['folded', withoutBlankEdges(folded)],
  ['shifted', withoutBlankEdges(shifted)],
  ['spaced', spaced],
  ['folded', elided],
  ['similar', similar],
];

function exactly(text: OpenText, asked: Asked): Candidate[] {
  if (asked.wholeLines) return keeping(text, asked, places(runsOf(text.lines, asked.old), asked));
  const hits = occurrences(text.view, asked.search, asked.all);
  return hits
    .filter((hit) => !isBlankLineOnly(text, asked, hit))
    .map((hit) => inLine(text, asked, hit))
    .filter(({ start }) => text.endsLine || start < text.view.length - 1);
}

/**
 * Whether the line feed that a search starts with is a blank line that the file has not: old and new text are whole
 * lines of one indent, and only the old one starts so. Taken as it stands, it would join the new line to the one above.
 */
function isBlankLineOnly(
  { view }: OpenText,
  { search, replace }: Asked,
  { start }: { start: number },
): boolean {
  if (!search.startsWith('\n') || !search.endsWith('\n') || !replace.endsWith('\n')) return false;
  const indent = indentOf(replace.split('\n')[0] ?? '');
  const isSame = indent !== '' && indent === indentOf(search.slice(1).split('\n')[0] ?? '');
  return isSame && start > 0 && view[start - 1] !== '\n';
}

function folded(text: OpenText, asked: Asked): Candidate[] {
  return keeping(text, asked, foldedPlaces(text, asked.old));
}

function foldedInLine(text: OpenText, asked: Asked): Candidate[] {
  if (asked.wholeLines) return [];
  return foldedHits(text, asked.search).map((hit) => inLine(text, asked, hit));
}

function shifted(text: OpenText, asked: Asked): Candidate[] {
  return keeping(text, asked, shiftedPlaces(text, asked.old), (place) => {
    const shift = shiftAt(text, place, asked.old);
    return shift && shiftLines(asked.now, shift);
  });
}

/**
 * Blank lines around the wanted ones are left out, and the same around the new ones: models add and drop them. New lines
 * that are all blank are none of those.
 */
function withoutBlankEdges(way: Way): Way {
  return (text, asked) => {
    const isWritten = (line: string) => line.trim() !== '';
    const head = asked.old.findIndex(isWritten);
    const tail = asked.old.length - 1 - asked.old.findLastIndex(isWritten);
    const isBlank = asked.now.length > 0 && !asked.now.some(isWritten);
    if (head < 0 || head + tail === 0 || isBlank) return [];
    const blankHead = Math.min(head, Math.max(0, asked.now.findIndex(isWritten)));
    const blankTail = Math.min(tail, asked.now.length - 1 - asked.now.findLastIndex(isWritten));
    return way(text, {
      ...asked,
      wholeLines: true,
      old: asked.old.slice(head, asked.old.length - tail),
      now: asked.now.slice(blankHead, asked.now.length - blankTail),
    });
  };
}

/** Where spacing inside lines differs, the lines that change are written as they are: the spacing may be the edit. */
function spaced(text: OpenText, asked: Asked): Candidate[] {
  return keeping(text, asked, spacedPlaces(text, asked.old), (place) => {
    const isOneLine = asked.now.length <= 1;
    const first = text.lines.slice(place.at, place.at + 1);
    const shift = isOneLine
      ? shiftBetween(asked.old.slice(0, 1), first)
      : (shiftAt(text, place, asked.old) ?? blockShift(text, asked, place));
    return shift && shiftLines(asked.now, shift);
  });
}

/**
 * New lines that replace every old one and are a block of their own: the inner ones are indented further than the
 * first, the last as the first. They stand by the first, even where the old lines are indented unevenly.
 */
function blockShift(text: OpenText, { old, now }: Asked, place: LinePlace): Shift | null {
  const indents = now.filter((line) => line.trim() !== '').map(indentOf);
  const [first = ''] = indents;
  const isInside = indents.every((indent) => indent.startsWith(first)) && indents.at(-1) === first;
  const isBlock = isInside && indents.some((indent) => indent !== first);
  const isNew = hunkBetween(old, now).every(({ sign }) => sign !== ' ');
  return isBlock && isNew ? shiftBetween(old.slice(0, 1), text.lines.slice(place.at, place.at + 1)) : null;
}

/**
 * A line of three dots, in the old and the new lines alike, stands for lines that stay (as aider's models write); not in
 * a file that has such lines itself, as Python's stubs do.
 */
function elided(text: OpenText, asked: Asked): Candidate[] {
  if (text.trimmed.includes('...')) return [];
  const [old, now] = [partsOf(asked.old), partsOf(asked.now)];
  if (old.length === 1 || old.length !== now.length) return [];
  const found: Candidate[] = [];
  for (const [index, part] of old.entries()) {
    const other = now[index] ?? [];
    if (part.length === 0 && other.length === 0) continue;
    const [only, ...others] = foldedPlaces(text, part);
    if (!only || others.length > 0) return [];
    const [candidate] = keeping(text, { ...asked, old: part, now: other }, [only]);
    if (!candidate || candidate.start < (found.at(-1)?.end ?? 0)) return [];
    found.push(candidate);
  }
  const [first, last] = [found[0], found.at(-1)];
  if (!first || !last) return [];
  return [
    {
      start: first.start,
      end: last.end,
      write() {
        const splices: Splice[] = [];
        for (const { write } of found) {
          const made = write();
          if ('code' in made) return made;
          splices.push(...made);
        }
        return splices;
      },
    },
  ];
}

function partsOf(lines: readonly string[]): string[][] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (line.trim() === '...') parts.push([]);
    else parts.at(-1)!.push(line);
  }
  return parts;
}

function similar(text: OpenText, asked: Asked): Candidate[] {
  const changes = similarPlace(text, hunkBetween(asked.old, asked.now));
  if (!changes) return [];
  const write = splicesOf(text, changes);
  return [{ start: write[0]?.start ?? 0, end: write.at(-1)?.end ?? 0, write: () => write }];
}

function inLine(
  text: OpenText,
  { name, replace, all }: Asked,
  hit: { start: number; end: number },
): Candidate {
  return { ...hit, write: () => unclearHit(name, text, hit, replace, all) ?? [{ ...hit, text: replace }] };
}

/**
 * Candidates of whole lines in which what the edit does not change stays as the file has it. `linesAt`: the new lines as
 * they are to be written at a place; null when that can't be told.
 */
function keeping(
  text: OpenText,
  asked: Asked,
  found: readonly LinePlace[],
  linesAt: (place: LinePlace) => readonly string[] | null = () => asked.now,
): Candidate[] {
  return found.map((place) => ({
    ...extent(text, place),
    write() {
      const now = linesAt(place);
      return now
        ? keepingAt(text, asked, now, place)
        : indentUnclear(`line ${place.at + 1} of ${asked.name}`);
    },
  }));
}

/** `now`: the new lines as they are to be written. Old lines that stand there broken up are replaced whole. */
function keepingAt(text: OpenText, { old, now: told }: Asked, now: readonly string[], place: LinePlace) {
  if (place.count !== old.length)
    return splicesOf(text, [{ from: place.at, to: place.at + place.count, lines: now }]);
  let next = 0;
  const written = hunkBetween(old, told).map((line) =>
    line.sign === '-' ? line : { ...line, text: now[next++] ?? line.text },
  );
  return splicesOf(text, changesAt(written, place.at));
}

function extent(text: OpenText, { at, count }: LinePlace): { start: number; end: number } {
  return { start: text.starts[at] ?? 0, end: text.starts[at + count] ?? text.view.length };
}

function places(starts: readonly number[], { old }: Asked): LinePlace[] {
  return starts.map((at) => ({ at, count: old.length }));
}
