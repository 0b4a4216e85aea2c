import type { HunkLine } from '../edit.ts';
import { align, type LineChange, LONGEST_HUNK } from './align.ts';
import { runsOf } from './find-lines.ts';
import { foldLine } from './fold.ts';
import { likenessOf, votesFor } from './nearest-lines.ts';
import type { OpenText } from './open-text.ts';

/** Fewer lines that are not blank are too little to know a place by when one of them differs. */
const LEAST_LINES = 5;
/** From so many lines on, two may differ; below, one. */
const LINES_FOR_TWO = 10;
/** How much of a line of context has to be as the edit says: it was touched, and is not another line. */
const LEAST_LIKENESS = 0.6;
/** By this share of its lines, and by two at least, a place must be more like the edit than any other. */
const MARGIN = 0.3;
/** Other lines that a copy may have between its own. */
const SLACK = 4;
/** A first line that stands in more places is no anchor. */
const MOST_STARTS = 50;

/**
 * The changes of a hunk whose place is known although a line of its context differs; null when there is none, or a
 * doubt. The first and last line, and all from the line before the first change to the line behind the last, stand
 * as the hunk says and once in it, and no other place comes near. The thresholds are measured on
 * tests/changes/generated-edits.test.ts: with looser ones, edits are made in copies of their block.
 */
export function similarPlace(text: OpenText, hunk: readonly HunkLine[]): readonly LineChange[] | null {
  const old = hunk.flatMap((line, index) => (line.sign === '+' ? [] : [index]));
  const [first, last] = [old[0], old.at(-1)];
  const lines = old.map((index) => hunk[index]!.text);
  const weight = lines.filter((line) => line.trim() !== '').length;
  if (weight < LEAST_LINES || hunk.length > LONGEST_HUNK || first === undefined) return null;

  const from = hunk.findIndex(({ sign }) => sign !== ' ');
  const to = hunk.findLastIndex(({ sign }) => sign !== ' ');
  const isSite = (index: number) => index >= from - 1 && index <= to + 1;
  const site = old.filter(isSite).map((index) => foldLine(hunk[index]!.text));
  if (site.some((line) => lines.filter((other) => foldLine(other) === line).length > 1)) return null;

  const folded = new Map(hunk.map((line) => [line, foldLine(line.text)]));
  const layers = {
    hunk,
    lineCount: text.lines.length,
    isSame: (line: HunkLine, at: number) => text.folded[at] === folded.get(line),
    mayReplace: (line: HunkLine, at: number) =>
      likenessOf(text.folded[at] ?? '', folded.get(line) ?? '') >= LEAST_LIKENESS,
    mustMatch: (index: number) => index === first || index === last || isSite(index),
  };
  const starts = runsOf(text.folded, [foldLine(lines[0] ?? '')]);
  if (starts.length > MOST_STARTS) return null;

  const budget = weight < LINES_FOR_TWO ? 1 : 2;
  const found = starts.flatMap((start) => {
    const laid = align(layers, start, budget);
    return laid ? [{ start, ...laid }] : [];
  });
  const [best, ...others] = found;
  if (!best || others.length > 0) return null;
  const runnerUp = mostElsewhere(votesFor(text, lines), best.start, budget);
  const ahead = weight - best.cost - runnerUp;
  return ahead >= Math.max(2, weight * MARGIN) ? best.changes : null;
}

/** The most wanted lines that stand together anywhere else, up to `SLACK` other lines between them. */
function mostElsewhere(votes: ReadonlyMap<number, number>, start: number, budget: number): number {
  const elsewhere = [...votes].filter(([at]) => Math.abs(at - start) > budget).sort((a, b) => a[0] - b[0]);
  let [most, sum, first] = [0, 0, 0];
  for (const [at, count] of elsewhere) {
    sum += count;
    for (; at - elsewhere[first]![0] > SLACK; first += 1) sum -= elsewhere[first]![1];
    most = Math.max(most, sum);
  }
  return most;
}
