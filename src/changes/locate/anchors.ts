import type { ChangeError } from '../change-error.ts';
import { runsOf } from './find-lines.ts';
import { foldLine, indentOf } from './fold.ts';
import { linesNotFound } from './nearest-lines.ts';
import type { OpenText } from './open-text.ts';

/** Lines of a text, `to` not included. */
export interface LineRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The lines that anchors (`@@ class Cart`, `@@ def total`) lead to: from behind the last anchor to the end of its
 * block, or of the file when the last anchor opens no block. The first anchor stands alone in the file, or behind
 * `cursor`; each next one is the first such line inside the block of the one before.
 */
export function anchoredRange(
  name: string,
  text: OpenText,
  anchors: readonly string[],
  cursor: number,
): LineRange | ChangeError {
  let range: LineRange = { from: 0, to: text.lines.length };
  for (const [index, anchor] of anchors.entries()) {
    const all = linesLike(text, anchor);
    const inside = all.filter((at) => at >= range.from && at < range.to);
    const behind = all.filter((at) => at >= cursor);
    const [only, ...others] = index > 0 ? inside.slice(0, 1) : all.length > 1 ? behind : all;
    if (only === undefined || others.length > 0) return anchorUnclear(name, text, anchor, all.length);
    range = blockBehind(text, only);
  }
  return range;
}

function linesLike(text: OpenText, anchor: string): number[] {
  const whole = runsOf(text.folded, [foldLine(anchor)]);
  return whole.length > 0 ? whole : runsOf(text.trimmed, [foldLine(anchor).trimStart()]);
}

/** The lines that are indented further than the one at `at`, behind it; all that follow when the next is not. */
function blockBehind({ lines }: OpenText, at: number): LineRange {
  const indent = indentOf(lines[at] ?? '').length;
  const isOutside = (line: string) => line.trim() !== '' && indentOf(line).length <= indent;
  const length = lines.slice(at + 1).findIndex(isOutside);
  return { from: at + 1, to: length <= 0 ? lines.length : at + 1 + length };
}

function anchorUnclear(name: string, text: OpenText, anchor: string, count: number): ChangeError {
  if (count === 0) return linesNotFound(name, text, [anchor]);
  return {
    code: 'anchor_unclear',
    message: `The anchor ${JSON.stringify(anchor)} does not lead to one place in ${name}.`,
    hint: 'Give the line of the block around it first, or more lines of context.',
  };
}
