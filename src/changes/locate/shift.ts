import { indentOf } from './fold.ts';

/** The indent that all lines of an edit share, and the one that the same lines have in the file. */
export interface Shift {
  readonly from: string;
  readonly to: string;
}

/**
 * The one shift that gives all of `wanted` the indents of `there`; null when the indents differ unevenly. The lines
 * correspond one to one; blank ones do not count.
 */
export function shiftBetween(wanted: readonly string[], there: readonly string[]): Shift | null {
  const pairs = wanted.flatMap((line, index) => {
    const other = there[index] ?? '';
    return line.trim() === '' ? [] : [{ from: indentOf(line), to: indentOf(other) }];
  });
  const shift = {
    from: sharedStart(pairs.map(({ from }) => from)),
    to: sharedStart(pairs.map(({ to }) => to)),
  };
  const uniform = pairs.every(({ from, to }) => from.slice(shift.from.length) === to.slice(shift.to.length));
  return uniform ? shift : null;
}

/**
 * New lines, shifted as the old ones are; null when that can't be told: a line is not indented so far, or further and
 * in other characters than the file's, or the lines stand already where the file's do.
 */
export function shiftLines(lines: readonly string[], shift: Shift): string[] | null {
  const written = lines.filter((line) => line.trim() !== '').map(indentOf);
  if (shift.from !== shift.to && written.length > 0 && sharedStart(written) === shift.to) return null;
  const { from, to } = withoutSharedEnd(shift);
  if (written.some((indent) => !indent.startsWith(from))) return null;
  const deeper = written.some((indent) => indent.length > from.length);
  if (from !== '' && to !== '' && deeper) return null;
  return lines.map((line) => (line.trim() === '' ? line : to + line.slice(from.length)));
}

/** Four spaces for two are two for none. */
function withoutSharedEnd({ from, to }: Shift): Shift {
  let shared = 0;
  while (shared < Math.min(from.length, to.length) && from.at(-1 - shared) === to.at(-1 - shared))
    shared += 1;
  return { from: from.slice(0, from.length - shared), to: to.slice(0, to.length - shared) };
}

function sharedStart(texts: readonly string[]): string {
  const [first = '', ...others] = texts;
  let length = first.length;
  for (const text of others) {
    while (!text.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, length);
}
