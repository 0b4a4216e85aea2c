import type { ChangeError } from '../change-error.ts';
import type { Hunk, Latitude } from '../edit.ts';
import { align } from './align.ts';
import { runsOf } from './find-lines.ts';
import { oldLines, type PlacedHunk, placedAt, severalPlaces, withoutPlace } from './hunk-place.ts';
import { linesNotFound, votesFor } from './nearest-lines.ts';
import type { OpenText } from './open-text.ts';

/** More lines of context than these never differ. */
const MAX_FUZZ = 5;
/** Places that are tried with fuzz. */
const MAX_STARTS = 5_000;

/**
 * Places hunks that tell line numbers. When all stand where they say, that is the file they were made for. Else the
 * file has moved: a hunk goes where it stands alone; of several places it takes the one that has moved as far as the
 * hunks around it that stand alone, and as far as both when there are two. Nearest is not good enough, and a number
 * alone is no place: new lines without old ones go into an empty file only, but where `exact` is asked for (as git takes
 * them with --unidiff-zero alone).
 */
export function placeByNumber(
  name: string,
  text: OpenText,
  hunks: readonly Hunk[],
  { exact = false, fuzz = 0 }: Latitude,
): readonly PlacedHunk[] | ChangeError {
  const isUnsure = !exact && text.view !== '';
  if (isUnsure && hunks.some((hunk) => oldLines(hunk).length === 0)) return withoutPlace(name);
  const straight = hunks.map((hunk) =>
    standsAt(text, hunk, stated(hunk)) ? placedAt(hunk.lines, stated(hunk), 'exact') : null,
  );
  if (straight.every((hunk) => hunk !== null)) return straight;

  const places = hunks.map((hunk) => runsOf(text.lines, oldLines(hunk)));
  const moved = places.map((found, index) => (found.length === 1 ? found[0]! - stated(hunks[index]!) : null));
  const placed: PlacedHunk[] = [];
  for (const [index, hunk] of hunks.entries()) {
    const before = moved.slice(0, index).findLast((by) => by !== null) ?? null;
    const after = moved.slice(index + 1).find((by) => by !== null) ?? null;
    const by = before === null || after === null || before === after ? (before ?? after) : null;
    const hunkAt = placeOf(name, text, hunk, places[index]!, by, fuzz);
    if ('code' in hunkAt) return hunkAt;
    if (hunkAt.at < (placed.at(-1)?.at ?? 0)) return severalPlaces(name, text, hunk, [hunkAt.at]);
    placed.push(hunkAt);
  }
  return placed;
}

/** `by`: how far the hunks around it have moved, when they tell the same. */
function placeOf(
  name: string,
  text: OpenText,
  hunk: Hunk,
  places: readonly number[],
  by: number | null,
  fuzz: number,
): PlacedHunk | ChangeError {
  const [only, ...others] = places;
  if (only !== undefined && others.length === 0) return placedAt(hunk.lines, only, 'exact');
  const expected = by === null ? null : stated(hunk) + by;
  if (expected !== null && standsAt(text, hunk, expected)) return placedAt(hunk.lines, expected, 'exact');
  if (only !== undefined) return severalPlaces(name, text, hunk, places);
  const close = fuzz > 0 ? withFuzz(text, hunk, Math.min(fuzz, MAX_FUZZ)) : null;
  return close ?? linesNotFound(name, text, oldLines(hunk));
}

/** The one place where the fewest lines of context differ; null when there is none, or more than one. */
function withFuzz(text: OpenText, hunk: Hunk, fuzz: number): PlacedHunk | null {
  const layers = {
    hunk: hunk.lines,
    lineCount: text.lines.length,
    isSame: ({ text: line }: { text: string }, at: number) => text.lines[at] === line,
    mayReplace: () => true,
    mustMatch: () => false,
  };
  const starts = new Set<number>();
  for (const start of votesFor(text, oldLines(hunk)).keys()) {
    for (let by = -fuzz; by <= fuzz; by += 1) if (start + by >= 0) starts.add(start + by);
  }
  const found = [...starts].slice(0, MAX_STARTS).flatMap((start) => {
    const laid = align(layers, start, fuzz);
    return laid ? [laid] : [];
  });
  const least = Math.min(...found.map(({ cost }) => cost));
  const best = new Map(
    found.filter(({ cost }) => cost === least).map((laid) => [JSON.stringify(laid.changes), laid]),
  );
  const [only, ...others] = best.values();
  if (!only || others.length > 0) return null;
  const { changes } = only;
  return { at: changes[0]?.from ?? 0, end: changes.at(-1)?.to ?? 0, found: 'similar', changes };
}

/** The 0-based line that a hunk says it starts on; without old lines, it names the line before it. */
function stated(hunk: Hunk): number {
  const line = hunk.line ?? 1;
  return oldLines(hunk).length === 0 ? line : line - 1;
}

function standsAt(text: OpenText, hunk: Hunk, at: number): boolean {
  const old = oldLines(hunk);
  return (
    at >= 0 &&
    at + old.length <= text.lines.length &&
    old.every((line, index) => text.lines[at + index] === line)
  );
}
