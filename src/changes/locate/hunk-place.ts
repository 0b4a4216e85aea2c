import type { ChangeError } from '../change-error.ts';
import type { Hunk, HunkLine, WayFound } from '../edit.ts';
import { textAmbiguous } from '../find-text.ts';
import type { LineChange } from './align.ts';
import { linesNotFound } from './nearest-lines.ts';
import type { OpenText } from './open-text.ts';
import { changesAt } from './write-lines.ts';

/** Where a hunk goes, and what it then does. */
export interface PlacedHunk {
  /** The first line of its old lines, 0-based, and the one behind the last. */
  readonly at: number;
  readonly end: number;
  readonly found: WayFound;
  readonly changes: readonly LineChange[];
}

/** The lines of the text that a hunk was made for. */
export function oldLines(hunk: Hunk): string[] {
  return hunk.lines.filter(({ sign }) => sign !== '+').map(({ text }) => text);
}

/** A hunk whose old lines stand, one for one, at line `at`. */
export function placedAt(lines: readonly HunkLine[], at: number, found: WayFound): PlacedHunk {
  const count = lines.filter(({ sign }) => sign !== '+').length;
  return {
    at,
    end: at + count,
    found,
    // Worked out for the place that is taken, not for each that comes in question.
    get changes() {
      return changesAt(lines, at);
    },
  };
}

/** The error for a hunk that has no lines to know its place by. */
export function withoutPlace(name: string): ChangeError {
  return {
    code: 'hunk_without_place',
    message: `A hunk of ${name} adds lines and does not say where.`,
    hint: 'Give a line or two of the file around the new ones.',
  };
}

/** The error for a hunk that fits in more than one place, or in none that is left for it. */
export function severalPlaces(name: string, text: OpenText, hunk: Hunk, at: readonly number[]): ChangeError {
  if (at.length < 2) return linesNotFound(name, text, oldLines(hunk));
  const starts = at.map((line) => text.starts[line] ?? 0);
  return textAmbiguous(
    name,
    text.view,
    starts.map((start) => ({ start, end: start })),
  );
}
