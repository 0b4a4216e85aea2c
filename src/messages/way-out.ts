import type { Nodes } from 'mdast';
import { SKIP, visit } from 'unist-util-visit';
import { LONGEST_INSIDE } from '../commands/find-inside.ts';
import { parseBlocks, parseInside } from '../commands/markdown.ts';

/**
 * The one way out: every text that a model or a stranger wrote passes here before it is shown on GitHub.
 * Nothing in it may notify, link, load, close or command; what is taken away leaves a visible trace.
 */

/** Hosts that links may go to. Images may come from none. */
const LINK_HOSTS: readonly string[] = ['github.com', 'docs.github.com'];

/** Bidirectional, zero-width, tag and filler characters hide instructions and fool reviewers; U+FE0F only colours an emoji. */
const INVISIBLE = /(?!\ufe0f)\p{Default_Ignorable_Code_Point}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
const CONTROL = /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** Written out by a browser, an entity could be an @ or a # again. */
const ENTITY = /&#?\w+;/g;
const MENTION = /@(?=[a-z0-9])/gi;
const CLOSING_WORD = /\b(close[sd]?|fix(e[sd])?|resolve[sd]?)\b/i;
const REFERENCE = /#(?=\d)/g;
const FOREIGN_REFERENCE = /([\w.-]+\/[\w.-]+)#(?=\d)/g;
const THREAD_LINK = /^https?:\/\/[^/]+\/[^/]+\/[^/]+\/(issues|pull|discussions)\/\d/;

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Markdown that is safe to post. Its blocks are read first, then the inside of each: a block that is too long to be read
 * in reasonable time is shown line by line as code, and so is a text whose blocks are.
 */
export function harmlessMarkdown(text: string): string {
  const visible = withoutInvisible(text);
  const blocks = parseBlocks(visible);
  if (!blocks) return asCode(visible);
  // A closing word and a reference may be apart in the source and together on the page: with one, no reference stays.
  const closes = CLOSING_WORD.test(visible);
  const edits: Edit[] = [];

  visit(blocks, (node) => {
    const start = node.position?.start.offset ?? 0;
    const source = visible.slice(start, node.position?.end.offset ?? 0);
    if (PROSE.has(node.type)) edits.push(...editsInside(source, start, closes));
    else {
      const replacement = replacementFor(node, source, closes);
      if (replacement === null) return;
      edits.push({ start, end: start + source.length, text: replacement });
    }
    return SKIP;
  });
  return apply(visible, edits);
}

function editsInside(source: string, at: number, closes: boolean): Edit[] {
  if (source.length > LONGEST_INSIDE) return [{ start: at, end: at + source.length, text: asCode(source) }];
  const edits: Edit[] = [];
  visit(parseInside(source), (node) => {
    const start = node.position?.start.offset ?? 0;
    const end = node.position?.end.offset ?? 0;
    const replacement = replacementFor(node, source.slice(start, end), closes);
    if (replacement === null) return;
    edits.push({ start: at + start, end: at + end, text: replacement });
    return SKIP;
  });
  return edits;
}

const PROSE = new Set(['paragraph', 'heading', 'tableCell']);

const asCode = (text: string) =>
  `(Shown as it is: too long or too deep to be made safe.)\n\n${text.split('\n').map(code).join('  \n')}`;

/** One line of plain text, for titles and commit subjects: no mention, no reference, cut at `most` characters. */
export function harmlessLine(text: string, most: number): string {
  const line = withoutInvisible(text).replace(/\s+/g, ' ').trim();
  const inert = line.replace(MENTION, '').replace(FOREIGN_REFERENCE, '$1 ').replace(REFERENCE, '');
  return inert.length <= most ? inert : `${[...inert].slice(0, most - 1).join('')}…`;
}

/** Plain text of several lines, for commit messages: also without trailers and closing words that are not ours. */
export function harmlessText(text: string): string {
  return withoutInvisible(text)
    .replace(MENTION, '')
    .replace(FOREIGN_REFERENCE, '$1 ')
    .replace(REFERENCE, '')
    .trim()
    .replace(/^(?=[A-Za-z-]+: )/gm, ' ');
}

/** One line for a log that GitHub Actions reads: it can't form a workflow command or move a terminal's cursor. */
export function harmlessLogLine(text: string): string {
  return withoutInvisible(text)
    .replace(/[\r\n]+/g, ' ')
    .replace(/^(\s*)(::|##\[)/, '$1·$2');
}

/** Every line as a quotation. */
export function quoted(markdown: string): string {
  return markdown
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
}

/** Cuts Markdown at `most` characters, at a character's boundary, closes an open code fence, and says what is missing. */
export function cut(markdown: string, most: number): string {
  if (markdown.length <= most) return markdown;
  const room = most - 80;
  const kept = markdown.slice(0, /[\ud800-\udbff]/.test(markdown[room - 1] ?? '') ? room - 1 : room);
  const fences = kept.match(/^ {0,3}(`{3,}|~{3,})/gm) ?? [];
  const close = fences.length % 2 === 1 ? `\n${(fences.at(-1) ?? '```').trim()}` : '';
  return `${kept}${close}\n\n… ${markdown.length - kept.length} more characters`;
}

/** A name, path or hash as inline code that it can't break out of. */
export function code(text: string): string {
  const inert = withoutInvisible(text).replace(/\s+/g, ' ');
  const ticks = '`'.repeat(1 + Math.max(0, ...(inert.match(/`+/g) ?? []).map((run) => run.length)));
  const space = inert.startsWith('`') || inert.endsWith('`') ? ' ' : '';
  return `${ticks}${space}${inert || ' '}${space}${ticks}`;
}

/** Invisible and control characters written out; line ends are LF. */
export function withoutInvisible(text: string): string {
  return text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(CONTROL, '')
    .replace(
      INVISIBLE,
      (character) => `[U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

/** What stands in a node's place; null: the node stays, and its children are looked at. */
function replacementFor(node: Nodes, source: string, closes: boolean): string | null {
  switch (node.type) {
    case 'text':
      return inertText(closes ? source.replace(REFERENCE, '#&#8203;') : source);
    case 'html':
      return /\/\/|href|src|data:|javascript:/i.test(source)
        ? '[HTML removed]'
        : source.replaceAll('<', '&lt;');
    case 'image':
    case 'imageReference':
      return `[image removed${node.alt ? `: ${inertText(node.alt)}` : ''}]`;
    case 'definition':
      return '[link target removed]';
    case 'footnoteDefinition':
      return null;
    case 'linkReference':
      return inertText(textOf(node));
    case 'link':
      if (closes && THREAD_LINK.test(node.url)) return inertLink(textOf(node), node.url);
      return mayLink(node.url) ? null : inertLink(textOf(node), node.url);
    default:
      return null;
  }
}

const textOf = (node: Nodes): string =>
  'children' in node ? node.children.map(textOf).join('') : 'value' in node ? node.value : '';

function mayLink(url: string): boolean {
  if (url.startsWith('#')) return true;
  try {
    const { protocol, host } = new URL(url);
    return protocol === 'https:' && LINK_HOSTS.includes(host);
  } catch {
    return false;
  }
}

/** A link that leads nowhere: its words, and its target with the dots broken, so that people can see where it went. */
function inertLink(words: string, url: string): string {
  const target = inertText(
    url
      .replace(/^[a-z][a-z0-9+.-]*:/i, '')
      .replace(/^\/\//, '')
      .slice(0, 200)
      .replaceAll('.', '[.]'),
  );
  const shown = words.replace(/^https?:\/\//, '');
  return words === url || url.endsWith(shown) ? target : `${inertText(words)} (${target})`;
}

function inertText(text: string): string {
  return (
    text
      .replace(ENTITY, (entity) => (entity === '&#8203;' ? entity : `&amp;${entity.slice(1)}`))
      .replace(FOREIGN_REFERENCE, '$1&#8203;#')
      .replace(MENTION, '@&#8203;')
      // What is text to this parser may be a tag to GitHub's: <img src=//…> is.
      .replace(/<(?=[a-z/!?])/gi, '&lt;')
      .replace(/^::/gm, '&#58;:')
  );
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
