import type { ChangeError } from '../change-error.ts';
import type { Hunk, HunkLine, PatchFile } from '../edit.ts';
import { anchoredRange } from './anchors.ts';
import { indentUnclear } from './find-in-lines.ts';
import { foldedPlaces, runsOf, shiftAt, shiftedPlaces } from './find-lines.ts';
import { oldLines, type PlacedHunk, placedAt, severalPlaces, withoutPlace } from './hunk-place.ts';
import { linesNotFound } from './nearest-lines.ts';
import type { OpenText } from './open-text.ts';
import { shiftLines } from './shift.ts';
import { similarPlace } from './similar-place.ts';

type Way = (text: OpenText, hunk: Hunk) => readonly (PlacedHunk | ChangeError)[];
/** How the place of a hunk is looked for, strictest first; the first way that finds anything decides. */
const WAYS: readonly Way[] = [
  (text, hunk) => runsOf(text.lines, oldLines(hunk)).map((at) => placedAt(hunk.lines, at, 'exact')),
  folded,
  (text, hunk) => shifted(text, hunk),
  // Models that forget the sign of a line of context give the line as it stands.
  (text, hunk) =>
    folded(text, {
      ...hunk,
      lines: hunk.lines.map((line) => (line.sign === ' ' ? { ...line, text: ` ${line.text}` } : line)),
    }),
  (text, hunk) => folded(text, { ...hunk, lines: withoutBlankEnd(hunk.lines) }),
  similar,
];

/**
 * Places hunks that tell no line numbers: each where it stands alone, in the whole file, or (`order`) behind the hunk
 * before it and its anchors. A hunk that only adds lines, and names no place, adds them at the end of the file.
 */
export function placeByText(
  name: string,
  text: OpenText,
  hunks: readonly Hunk[],
  by: PatchFile['by'],
  exact: boolean,
): readonly PlacedHunk[] | ChangeError {
  const placedHunks: PlacedHunk[] = [];
  let cursor = 0;
  for (const hunk of hunks) {
    const found = placeOf(name, text, hunk, by === 'order' ? cursor : 0, by, exact);
    if ('code' in found) return found;
    placedHunks.push(found);
    if (oldLines(hunk).length > 0) cursor = found.end;
  }
  return placedHunks;
}

function placeOf(
  name: string,
  text: OpenText,
  hunk: Hunk,
  cursor: number,
  by: PatchFile['by'],
  exact: boolean,
): PlacedHunk | ChangeError {
  const old = oldLines(hunk);
  const end = text.lines.length;
  if (old.length === 0) {
    const hasPlace = (by === 'order' || end === 0) && hunk.anchors.length === 0;
    return hasPlace ? placedAt(hunk.lines, end, 'exact') : withoutPlace(name);
  }
  const range =
    hunk.anchors.length === 0 ? { from: cursor, to: end } : anchoredRange(name, text, hunk.anchors, cursor);
  if ('code' in range) return range;
  for (const way of exact ? WAYS.slice(0, 1) : WAYS) {
    const there = way(text, hunk).filter(
      (place) => 'code' in place || (place.at >= cursor && (!hunk.atEnd || place.end === end)),
    );
    if (there.length === 0) continue;
    const inside = there.filter(
      (place) => 'code' in place || (place.at >= range.from && place.end <= range.to),
    );
    const direct = inside.filter(
      (place) => hunk.anchors.length > 0 && 'at' in place && place.at === range.from,
    );
    const [only, ...others] = direct.length === 1 ? direct : inside;
    if (only && others.length === 0) return only;
    return severalPlaces(
      name,
      text,
      hunk,
      there.flatMap((place) => ('at' in place ? [place.at] : [])),
    );
  }
  return linesNotFound(name, text, old);
}

function folded(text: OpenText, hunk: Hunk): PlacedHunk[] {
  return foldedPlaces(text, oldLines(hunk)).map(({ at }) => placedAt(hunk.lines, at, 'folded'));
}

function shifted(text: OpenText, hunk: Hunk): (PlacedHunk | ChangeError)[] {
  const old = oldLines(hunk);
  const added = hunk.lines.filter(({ sign }) => sign === '+').map(({ text }) => text);
  return shiftedPlaces(text, old).map((place) => {
    const shift = shiftAt(text, place, old);
    const now = shift && shiftLines(added, shift);
    if (!now) return indentUnclear(`line ${place.at + 1}`);
    let next = 0;
    const lines = hunk.lines.map((line) => (line.sign === '+' ? { ...line, text: now[next++]! } : line));
    return placedAt(lines, place.at, 'shifted');
  });
}

function similar(text: OpenText, hunk: Hunk): PlacedHunk[] {
  const changes = similarPlace(text, hunk.lines);
  const [first, last] = [changes?.[0], changes?.at(-1)];
  return changes && first && last ? [{ at: first.from, end: last.to, found: 'similar', changes }] : [];
}

/** Without the blank line that ends the old and the new lines: codex's models write it for the file's last line end. */
function withoutBlankEnd(lines: readonly HunkLine[]): readonly HunkLine[] {
  const ends = [lines.findLast(({ sign }) => sign !== '+'), lines.findLast(({ sign }) => sign !== '-')];
  return ends.every((line) => line?.text === '') ? lines.filter((line) => !ends.includes(line)) : lines;
}
