import type { HunkLine } from '../edit.ts';

/** What a hunk does to a file's lines: `lines` instead of those from `from` up to but not including `to`. */
export interface LineChange {
  readonly from: number;
  readonly to: number;
  readonly lines: readonly string[];
}

export interface Alignment {
  /** Lines of context that differ, are missing, or have others between them. */
  readonly cost: number;
  readonly changes: readonly LineChange[];
}

/** Longer hunks are not aligned: the work grows with hunk and budget. */
export const LONGEST_HUNK = 1_000;

/** A hunk, and the lines of a file that it may be laid over. */
export interface Layers {
  readonly hunk: readonly HunkLine[];
  readonly lineCount: number;
  /** Whether a line of the file is what the hunk says. */
  readonly isSame: (line: HunkLine, at: number) => boolean;
  /** Whether it may stand in for a line of context that it is not. */
  readonly mayReplace: (line: HunkLine, at: number) => boolean;
  /** Whether a line has to stand right there, with no other line of the file before it. */
  readonly mustMatch: (index: number) => boolean;
}

/**
 * Lays a hunk over a file's lines from line `start` on, so that at most `budget` lines of context differ. Lines that
 * the hunk removes, and the context beside its changes, never differ: only a change whose own place is sure is made.
 * The file's context stays as it is. Null when it can't be laid so. These are the rules of jsdiff's fuzz factor.
 */
export function align(layers: Layers, start: number, budget: number): Alignment | null {
  const { hunk, lineCount, isSame } = layers;
  if (hunk.length > LONGEST_HUNK) return null;
  const known = new Map<string, Step | null>();

  /** The cheapest way on from line `index` of the hunk at line `at` of the file. */
  function best(index: number, at: number, left: number, sure: boolean, beside: boolean): Step | null {
    const line = hunk[index];
    if (line === undefined) return { cost: 0, does: 'end', next: null };
    const key = `${index} ${at} ${left} ${sure} ${beside}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const step = cheapest(waysOn(line, index, at, left, sure, beside));
    known.set(key, step);
    return step;
  }

  function waysOn(line: HunkLine, index: number, at: number, left: number, sure: boolean, beside: boolean) {
    if (line.sign === '+') return sure ? [then(0, 'add', best(index + 1, at, left, true, true))] : [];
    const isThere = at < lineCount;
    const skip = () =>
      isThere && left > 0 ? then(1, 'keep', best(index, at + 1, left - 1, false, false)) : null;
    if (isThere && isSame(line, at)) {
      if (line.sign === '-') return [then(0, 'remove', best(index + 1, at + 1, left, sure, false))];
      return [then(0, 'keep', best(index + 1, at + 1, left, true, false))];
    }
    if (line.sign === '-') return layers.mustMatch(index) ? [] : [skip()];
    if (beside || left === 0 || layers.mustMatch(index)) return [];
    return [
      isThere && layers.mayReplace(line, at)
        ? then(1, 'keep', best(index + 1, at + 1, left - 1, false, false))
        : null,
      skip(),
      then(1, 'miss', best(index + 1, at, left - 1, false, false)),
    ];
  }

  const first = best(0, start, budget, true, false);
  return first && { cost: first.cost, changes: changesOf(first, hunk, start) };
}

interface Step {
  readonly cost: number;
  readonly does: 'keep' | 'remove' | 'add' | 'miss' | 'end';
  readonly next: Step | null;
}

function then(cost: number, does: Step['does'], next: Step | null): Step | null {
  return next && { cost: cost + next.cost, does, next };
}

function cheapest(ways: readonly (Step | null)[]): Step | null {
  return ways.reduce((best, way) => (way && (!best || way.cost < best.cost) ? way : best), null);
}

function changesOf(first: Step, hunk: readonly HunkLine[], start: number): LineChange[] {
  const changes: LineChange[] = [];
  const added = hunk.filter(({ sign }) => sign === '+').map(({ text }) => text);
  let at = start;
  let open: { from: number; lines: string[] } | null = null;
  for (let step: Step | null = first; step; step = step.next) {
    if (step.does === 'add' || step.does === 'remove') {
      open ??= { from: at, lines: [] };
      if (step.does === 'add') open.lines.push(added.shift() ?? '');
      else at += 1;
      continue;
    }
    if (open) changes.push({ ...open, to: at });
    open = null;
    if (step.does === 'keep') at += 1;
  }
  return changes;
}
