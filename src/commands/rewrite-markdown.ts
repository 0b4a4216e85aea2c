import type { Nodes } from 'mdast';
import { SKIP, visit } from 'unist-util-visit';
import { LONGEST_INSIDE } from './find-inside.ts';
import { parseBlocks, parsePlaced } from './markdown.ts';

/** What stands in a node's place; null: the node stays, and its children are looked at. */
export type Replace = (node: Nodes, source: string) => string | null;

const PROSE = new Set(['paragraph', 'heading', 'tableCell']);

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Rewrites Markdown node by node, and leaves what is between them as it was written: its blocks are read first, then
 * the inside of each. `tooLong` rewrites a block that can't be read in reasonable time. Null: not even the blocks can.
 */
export function rewriteMarkdown(
  text: string,
  replace: Replace,
  tooLong: (source: string) => string,
): string | null {
  const blocks = parseBlocks(text);
  if (!blocks) return null;
  const edits: Edit[] = [];
  visit(blocks, (node) => {
    const [start, end] = spanOf(node);
    const source = text.slice(start, end);
    const replacement = replace(node, source);
    if (replacement !== null) edits.push({ start, end, text: replacement });
    else if (!PROSE.has(node.type)) return;
    else if (source.length > LONGEST_INSIDE) edits.push({ start, end, text: tooLong(source) });
    else edits.push({ start, end, text: rewriteInside(source, replace) });
    return SKIP;
  });
  return apply(text, edits);
}

function rewriteInside(source: string, replace: Replace): string {
  const edits: Edit[] = [];
  visit(parsePlaced(source), (node) => {
    const [start, end] = spanOf(node);
    const replacement = PROSE.has(node.type) ? null : replace(node, source.slice(start, end));
    if (replacement === null) return;
    edits.push({ start, end, text: replacement });
    return SKIP;
  });
  return apply(source, edits);
}

function spanOf({ position }: Nodes): [number, number] {
  return [position?.start.offset ?? 0, position?.end.offset ?? 0];
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    if (edit.start < at) continue;
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
