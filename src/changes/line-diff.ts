import { type ArrayChange, diffArrays } from 'diff';
import { linesOf } from './lines.ts';

/** A stretch of lines that two texts share, or that one of them has alone. */
export type LineRun = Pick<ArrayChange<string>, 'added' | 'removed' | 'value'>;

/**
 * The steps that one comparison may take. Myers' algorithm costs the square of the number of differing lines, so a
 * rewritten file would take minutes; over the bound the differing middle counts as removed and added whole.
 */
export const MAX_EDIT_LENGTH = 1_000;

/**
 * How two texts differ, line by line, smallest number of lines first; a line is compared with its line end. Texts
 * that differ in more than `maxEditLength` lines give a coarser answer, which never tells of fewer lines.
 */
export function lineDiff(before: string, after: string, maxEditLength = MAX_EDIT_LENGTH): LineRun[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const shorter = Math.min(old.length, now.length);
  let head = 0;
  while (head < shorter && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;

  const [oldMiddle, newMiddle] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
  return [
    { added: false, removed: false, value: old.slice(0, head) },
    ...middle(oldMiddle, newMiddle, maxEditLength),
    { added: false, removed: false, value: old.slice(old.length - tail) },
  ].filter(({ value }) => value.length > 0);
}

function middle(old: string[], now: string[], maxEditLength: number): LineRun[] {
  const whole = [
    { added: false, removed: true, value: old },
    { added: true, removed: false, value: now },
  ];
  if (old.length === 0 || now.length === 0 || Math.abs(old.length - now.length) > maxEditLength) return whole;
  return diffArrays(old, now, { maxEditLength }) ?? whole;
}
