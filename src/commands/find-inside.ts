import type { HandleEnd, Span } from './handle.ts';
import { parseInside } from './markdown.ts';
import { followTags } from './open-tags.ts';

/** Characters of a block that are read as Markdown; the time grows with their square. */
export const LONGEST_INSIDE = 3_000;
const BARE_LINK = /(?:https?:\/\/|www\.)\S*$/i;

/** Every handle in a text, whatever stands around it. */
export function handlesIn(text: string, handleEnd: HandleEnd): readonly Span[] {
  const handles: Span[] = [];
  for (let start = text.indexOf('@'); start >= 0; start = text.indexOf('@', start + 1)) {
    const end = handleEnd(text, start);
    if (end !== null) handles.push({ start, end });
  }
  return handles;
}

/**
 * The first handle in a block that is neither code, link nor image, nor inside raw HTML. Of a long block only the
 * beginning is parsed. Behind that a handle counts when nothing before it in the block could have enclosed it; when
 * something could, the answer is `too_complex`.
 */
export function findInside(
  text: string,
  definitions: string,
  handleEnd: HandleEnd,
  openTags: readonly string[],
): Span | 'too_complex' | null {
  if (openTags.length > 0 && !text.includes('<')) return null;
  const links = text.includes('[') ? definitions : '';
  if (links.length > LONGEST_INSIDE) return 'too_complex';
  if (text.length <= LONGEST_INSIDE) return inProse(text, text.length, links, handleEnd, openTags).found;

  const start = text.slice(0, LONGEST_INSIDE);
  const read = inProse(start, LONGEST_INSIDE, links, handleEnd, openTags);
  if (read.found !== null) return read.isClear ? read.found : 'too_complex';
  const later = handlesIn(text, handleEnd).find(({ end }) => end >= LONGEST_INSIDE);
  if (later === undefined) return null;
  const before = text.slice(0, later.start);
  if (openTags.length > 0 || /[`<[]/.test(before)) return 'too_complex';
  return BARE_LINK.test(before.slice(-LONGEST_INSIDE)) ? null : later;
}

/** Reads a block's text. `isClear`: nothing before what was found could enclose it by an end that stands further on. */
function inProse(
  text: string,
  end: number,
  links: string,
  handleEnd: HandleEnd,
  around: readonly string[],
): { readonly found: Span | null; readonly isClear: boolean } {
  const openTags = [...around];
  let isClear = true;
  const [block] = parseInside(links === '' ? text : `${text}\n\n${links}`).children;
  for (const node of block !== undefined && 'children' in block ? block.children : []) {
    const from = node.position?.start.offset ?? 0;
    if (from >= end) break;
    if (node.type === 'html') followTags(node.value, openTags);
    if (node.type !== 'text') continue;
    // The source, not the text that it stands for: an @ that is escaped or spelled out mentions nobody.
    const found = handleBetween(text, from, node.position?.end.offset ?? 0, handleEnd);
    isClear &&= !/[`<[]/.test(text.slice(from, found?.start ?? node.position?.end.offset));
    if (found !== null && openTags.length === 0) return { found, isClear };
  }
  return { found: null, isClear };
}

function handleBetween(text: string, from: number, to: number, handleEnd: HandleEnd): Span | null {
  for (let start = text.indexOf('@', from); start >= 0 && start < to; start = text.indexOf('@', start + 1)) {
    const end = handleEnd(text, start);
    if (end !== null) return { start, end };
  }
  return null;
}
