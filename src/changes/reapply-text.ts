import { type LineRun, lineDiff } from './line-diff.ts';
import { linesOf } from './lines.ts';

/**
 * A text with the change made again; or where it does not fit any more, ten places at
 * most: 1-based lines, and what stands there now.
 */
export type ReappliedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly misfits: readonly { readonly line: number; readonly stands: string }[] };

/** Lines of context that must stand around a change as they did, or fewer at the file's edge: as many as git shows. */
const CONTEXT = 3;
/** Lines of what stands there now that a misfit tells. */
const SHOWN = 3;
/** Misfits that are told. */
const MOST_MISFITS = 10;

/** Changes so close together that they share context. Old and new lines, the context included. */
interface Hunk {
  /** Index of the first line that changes, in the base. */
  readonly at: number;
  readonly old: readonly string[];
  readonly now: readonly string[];
  /** The file's start, or its end, cuts the context off: there it must still be the start, or the end. */
  readonly first: boolean;
  readonly last: boolean;
}

/**
 * Makes the change from `base` to `after` again on `there`. Each hunk is found again by its exact old lines, wherever
 * they have moved to; they must stand exactly once both in the base and there, so that no other place is ever taken for
 * theirs. A hunk that was made there already is left as it is. All or nothing.
 */
export function reapplyText(base: string, after: string, there: string): ReappliedText {
  if (there === base || there === after) return { ok: true, text: after };
  const [before, lines] = [linesOf(base), linesOf(there)];
  const places: { readonly from: number; readonly hunk: Hunk }[] = [];
  const misfits: Hunk[] = [];
  for (const hunk of hunksBetween(base, after)) {
    const from = placeOf(hunk, hunk.old, lines);
    const isMade = placeOf(hunk, hunk.now, lines) !== null && placeOf(hunk, hunk.now, before) === null;
    const isClear = (from === null) === isMade && placeOf(hunk, hunk.old, before) !== null;
    if (!isClear) misfits.push(hunk);
    else if (from !== null) places.push({ from, hunk });
  }
  places.sort((one, other) => one.from - other.from);
  for (const [index, { from, hunk }] of places.entries()) {
    const next = places[index + 1];
    if (next && next.from < from + hunk.old.length) misfits.push(next.hunk);
  }
  if (misfits.length > 0)
    return { ok: false, misfits: standing(base, there, misfits.slice(0, MOST_MISFITS)) };

  const made: (readonly string[])[] = [];
  let at = 0;
  for (const { from, hunk } of places) {
    made.push(lines.slice(at, from), hunk.now);
    at = from + hunk.old.length;
  }
  made.push(lines.slice(at));
  return { ok: true, text: made.flat().join('') };
}

function hunksBetween(base: string, after: string): Hunk[] {
  const [old, now] = [linesOf(base), linesOf(after)];
  const spans: { from: number; to: number; newFrom: number; newTo: number }[] = [];
  let [line, newLine] = [0, 0];
  for (const { added, removed, value } of lineDiff(base, after)) {
    const [taken, put] = [added ? 0 : value.length, removed ? 0 : value.length];
    if (added || removed) {
      const open = spans.at(-1);
      const isNear = open !== undefined && line - open.to <= 2 * CONTEXT;
      const span = isNear ? open : { from: line, to: line, newFrom: newLine, newTo: newLine };
      if (!isNear) spans.push(span);
      span.to = line + taken;
      span.newTo = newLine + put;
    }
    line += taken;
    newLine += put;
  }
  return spans.map(({ from, to, newFrom, newTo }) => ({
    at: from,
    old: old.slice(Math.max(0, from - CONTEXT), to + CONTEXT),
    now: now.slice(Math.max(0, newFrom - CONTEXT), newTo + CONTEXT),
    first: from < CONTEXT,
    last: to + CONTEXT > old.length,
  }));
}

/** Where a hunk's lines stand in a text: the index of the first; null when that is nowhere, or not one place alone. */
function placeOf({ first, last }: Hunk, wanted: readonly string[], lines: readonly string[]): number | null {
  if (!first && !last) return onlyPlace(wanted, lines);
  const from = first ? 0 : lines.length - wanted.length;
  const fits = from >= 0 && (!last || from + wanted.length === lines.length);
  return fits && wanted.every((line, index) => lines[from + index] === line) ? from : null;
}

/** Knuth, Morris and Pratt's search, since a hunk of a thousand equal lines is a text like any other. */
function onlyPlace(wanted: readonly string[], lines: readonly string[]): number | null {
  const fallback = [0];
  for (let index = 1, held = 0; index < wanted.length; index++) {
    while (held > 0 && wanted[index] !== wanted[held]) held = fallback[held - 1]!;
    if (wanted[index] === wanted[held]) held += 1;
    fallback.push(held);
  }
  let found: number | null = null;
  for (let index = 0, held = 0; index < lines.length; index++) {
    while (held > 0 && lines[index] !== wanted[held]) held = fallback[held - 1]!;
    if (lines[index] === wanted[held]) held += 1;
    if (held < wanted.length) continue;
    if (found !== null) return null;
    found = index + 1 - held;
    held = fallback[held - 1]!;
  }
  return found;
}

/** What stands now where the hunks of the base stood. */
function standing(base: string, there: string, hunks: readonly Hunk[]): { line: number; stands: string }[] {
  const [runs, lines] = [lineDiff(base, there), linesOf(there)];
  return hunks.map(({ at }) => {
    const from = lineNow(runs, at);
    return { line: from + 1, stands: lines.slice(from, from + SHOWN).join('') };
  });
}

/** Where line `at` (an index) of the old text is in the new one, or where it was taken out. */
function lineNow(runs: readonly LineRun[], at: number): number {
  let [line, newLine] = [0, 0];
  for (const { added, removed, value } of runs) {
    if (!added && line + value.length > at) return removed ? newLine : newLine + at - line;
    if (!added) line += value.length;
    if (!removed) newLine += value.length;
  }
  return newLine;
}
