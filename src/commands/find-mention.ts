import type { Parents, Root } from 'mdast';
import { visit } from 'unist-util-visit';
import { findInside, handlesIn, LONGEST_INSIDE } from './find-inside.ts';
import { type HandleEnd, handleOf } from './handle.ts';
import { parseBlocks } from './markdown.ts';
import { followTags } from './open-tags.ts';

/** Where a handle stands in a comment's source. Offsets count UTF-16 units. */
export interface Mention {
  /** Of the `@`. */
  readonly start: number;
  /** Behind the handle. */
  readonly end: number;
  /** The end of the paragraph, heading or cell that it stands in. */
  readonly blockEnd: number;
  /** Where what was said to the handle ends: with the comment, or with the cell of a table. */
  readonly textEnd: number;
}

/** Blocks that people do not read as prose: a handle in these never counts. */
const NOT_PROSE = new Set(['code', 'blockquote', 'definition', 'footnoteDefinition']);
const PROSE = new Set(['paragraph', 'heading', 'tableCell']);
/**
 * The first place in a comment where people mention `trigger` in prose: not in code, quotes, links, footnotes or
 * anything inside raw HTML. Null when there is none; `too_complex` for a text that nobody wrote by hand. Only plain
 * ASCII counts, in any case.
 */
export function findMention(source: string, trigger: string): Mention | 'too_complex' | null {
  if (!source.toLowerCase().includes(`@${trigger.toLowerCase()}`)) return null;
  const tree = parseBlocks(source);
  if (!tree) return 'too_complex';
  const search = { source, handleEnd: handleOf(trigger), definitions: definitionsIn(tree), effort: 0 };
  return inBlocks(tree, search, []);
}

interface Search {
  readonly source: string;
  readonly handleEnd: HandleEnd;
  /** Definitions of links, as Markdown. */
  readonly definitions: string;
  effort: number;
}

/** Squares of the lengths of the blocks that were read: bounds the time, with the longest block that is. */
const MOST_EFFORT = 20_000_000;

/** Walks blocks in order, keeping count of the raw HTML elements that are open around them. */
function inBlocks(parent: Parents, search: Search, openTags: string[]): Mention | 'too_complex' | null {
  for (const node of parent.children) {
    if (node.type === 'html') followTags(node.value, openTags);
    if (NOT_PROSE.has(node.type) || !('children' in node)) continue;
    const found = PROSE.has(node.type) ? inProse(node, search, openTags) : inBlocks(node, search, openTags);
    if (found) return found;
  }
  return null;
}

/** Inline HTML counts within its own block only: a tag left open in one paragraph does not silence the next. */
function inProse(
  block: Parents,
  search: Search,
  openTags: readonly string[],
): Mention | 'too_complex' | null {
  const start = block.position?.start.offset ?? 0;
  const end = block.position?.end.offset ?? 0;
  const text = search.source.slice(start, end);
  if (handlesIn(text, search.handleEnd).length === 0) return null;
  search.effort += Math.min(text.length, LONGEST_INSIDE) ** 2;
  if (search.effort > MOST_EFFORT) return 'too_complex';
  const found = findInside(text, search.definitions, search.handleEnd, openTags);
  if (found === null || found === 'too_complex') return found;
  const textEnd = block.type === 'tableCell' ? end : search.source.length;
  return { start: start + found.start, end: start + found.end, blockEnd: end, textEnd };
}

function definitionsIn(tree: Root): string {
  const labels: string[] = [];
  visit(tree, 'definition', ({ label }) => void labels.push(`[${label?.replace(/\s+/g, ' ')}]: x`));
  return labels.join('\n');
}
