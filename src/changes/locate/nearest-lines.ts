import type { ChangeError } from '../change-error.ts';
import { foldLine } from './fold.ts';
import type { OpenText } from './open-text.ts';

/** Lines that are shown, and characters of each. */
const SHOWN_LINES = 6;
const SHOWN_CHARACTERS = 120;
/** Places of one wanted line that vote. */
const MOST_VOTES = 8;
/** Characters of a line that are compared. */
const COMPARED_CHARACTERS = 300;

/** The error for lines that are not in a file, with the lines that are most like them, numbered and quoted. */
export function linesNotFound(name: string, text: OpenText, wanted: readonly string[]): ChangeError {
  const at = nearest(text, wanted);
  const code = 'text_not_found';
  const hint = 'Read the file again and give the lines as they stand there.';
  if (at === null)
    return { code, message: `The text to replace is not in ${name}, and nothing is like it.`, hint };
  const shown = quotedLines(text, at, Math.min(Math.max(wanted.length, 1), SHOWN_LINES));
  return { code, message: `The text to replace is not in ${name}. The nearest is: ${shown}.`, hint };
}

/** Lines of a text for people and models, such as `line 3 "  return 1;"`. */
function quotedLines(text: OpenText, at: number, count: number): string {
  return text.lines
    .slice(at, at + count)
    .map((line, index) => {
      const cut = line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
      return `line ${at + index + 1} ${JSON.stringify(cut)}`;
    })
    .join(', ');
}

/** Where most of the wanted lines stand; when none stands anywhere, the line most like the first of them. */
function nearest(text: OpenText, wanted: readonly string[]): number | null {
  const votes = votesFor(text, wanted);
  const [most] = [...votes].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  if (most) return Math.max(0, most[0]);
  const index = wanted.findIndex((line) => line.trim() !== '');
  const target = (wanted[index] ?? '').trim().slice(0, COMPARED_CHARACTERS);
  let best = { likeness: 0.5, at: -1 };
  for (const [at, line] of text.lines.entries()) {
    const likeness = likenessOf(line.trim().slice(0, COMPARED_CHARACTERS), target);
    if (likeness > best.likeness) best = { likeness, at };
  }
  return best.at < 0 ? null : Math.max(0, best.at - index);
}

/**
 * For each line that the first wanted one could stand on, how many of the wanted lines stand where they then should.
 * Blank lines have no vote. Linear in both texts: of a line that is wanted again and again, a few places count.
 */
export function votesFor(text: OpenText, wanted: readonly string[]): Map<number, number> {
  const asked = new Map<string, number[]>();
  for (const [index, line] of wanted.entries()) {
    const key = foldLine(line).trimStart();
    const places = asked.get(key) ?? [];
    if (key !== '') asked.set(key, places);
    if (places.length < MOST_VOTES) places.push(index);
  }
  const votes = new Map<number, number>();
  for (const [at, line] of text.trimmed.entries()) {
    for (const index of asked.get(line) ?? []) votes.set(at - index, (votes.get(at - index) ?? 0) + 1);
  }
  return votes;
}

/** How much of two lines agrees from both ends, 0 to 1. */
export function likenessOf(a: string, b: string): number {
  const [shorter, longer] = [Math.min(a.length, b.length), Math.max(a.length, b.length)];
  if (longer === 0) return 0;
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return (head + tail) / longer;
}
