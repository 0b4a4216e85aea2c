import type { ChangeError } from './change-error.ts';
import { lineAt, linesOf, withoutFinalLineEnd } from './lines.ts';
import type { Hit } from './pieces.ts';

/** Lines that are compared when the nearest one is looked for, and characters of each: keeps a miss cheap. */
const COMPARED_LINES = 20_000;
const COMPARED_CHARACTERS = 300;

/**
 * Where `wanted` stands in a text. With `all`, hits do not overlap; without, two that do count as two, and at most
 * eleven are looked for, since more than one is an error.
 */
export function occurrences(text: string, wanted: string, all: boolean): Hit[] {
  const hits: Hit[] = [];
  let at = text.indexOf(wanted);
  while (at >= 0 && (all || hits.length <= 10)) {
    hits.push({ start: at, end: at + wanted.length });
    at = text.indexOf(wanted, at + (all ? wanted.length : 1));
  }
  return hits;
}

/** The error for a text that is not in the file, with the line that is most like its first line. */
export function textNotFound(name: string, text: string, wanted: string): ChangeError {
  const near = nearestLine(text, wanted);
  return {
    code: 'text_not_found',
    message: near
      ? `The text to replace is not in ${name}. The nearest is line ${near.line}: ${quoted(near.text)}.`
      : `The text to replace is not in ${name}, and no line is like it.`,
    hint: 'Read the file and give the text exactly as it stands, with its spaces and line ends.',
  };
}

/** The error for a text that stands in the file more than once, with the lines. */
export function textAmbiguous(name: string, text: string, hits: readonly Hit[]): ChangeError {
  const lines = [...new Set(hits.slice(0, 10).map((hit) => lineAt(text, hit.start)))];
  const more = hits.length > 10 ? ' and more' : '';
  return {
    code: 'text_ambiguous',
    message: `The text to replace stands in ${name} more than once: line ${lines.join(', ')}${more}.`,
    hint: 'Give more of the text around it so that it is found once, or set "all" to replace every one.',
  };
}

function nearestLine(text: string, wanted: string): { line: number; text: string } | null {
  const first = linesOf(wanted).find((line) => line.trim() !== '');
  if (first === undefined) return null;
  const target = first.trim().slice(0, COMPARED_CHARACTERS);
  let best = { likeness: 0.5, line: 0, text: '' };
  for (const [index, line] of linesOf(text).slice(0, COMPARED_LINES).entries()) {
    const likeness = likenessOf(line.trim().slice(0, COMPARED_CHARACTERS), target);
    if (likeness > best.likeness) best = { likeness, line: index + 1, text: withoutFinalLineEnd(line) };
  }
  return best.line === 0 ? null : best;
}

/** How much of two lines agrees from both ends, 0 to 1. */
function likenessOf(a: string, b: string): number {
  const [shorter, longer] = [Math.min(a.length, b.length), Math.max(a.length, b.length)];
  if (longer === 0) return 0;
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  return (head + tail) / longer;
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
