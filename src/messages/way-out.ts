import type { Nodes } from 'mdast';
import { rewriteMarkdown } from '../commands/rewrite-markdown.ts';
import { upTo } from './cut.ts';
import { inertLink, inertPlain, inertSource, literal, mayClose, mayLink } from './inert.ts';

/**
 * The one way out: every text that a model or a stranger wrote passes here before it is shown on GitHub.
 * Nothing in it may notify, link, load, close or command; what is taken away leaves a visible trace. Secrets are taken
 * out where it leaves: see mask.ts.
 */

/** Bidirectional, zero-width, tag and filler characters hide instructions and fool reviewers; U+FE0F only colours an emoji. */
const INVISIBLE = /(?!\ufe0f)\p{Default_Ignorable_Code_Point}/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
const CONTROL = /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;
/** What of HTML may load or lead somewhere. */
const LOADS = /\/\/|href|src|data:|javascript:/i;
/** Fences that GitHub makes something else of than code: pictures with links, maps, a change that one click commits. */
const DRAWN = /^(mermaid|geojson|topojson|stl|math|suggestion)/i;

/**
 * Markdown that is safe to post. A block that is too long to be read in reasonable time is shown line by line as code,
 * and so is a text whose blocks are. `hosts`: those that links may go to beside GitHub's.
 */
export function harmlessMarkdown(text: string, hosts: readonly string[] = []): string {
  const visible = withoutInvisible(text);
  const closes = mayClose(visible);
  const replace = (node: Nodes, source: string) => replacementFor(node, source, closes, hosts);
  return rewriteMarkdown(visible, replace, asCode) ?? asCode(visible);
}

const asCode = (text: string) =>
  `(Shown as it is: too long or too deep to be made safe.)\n\n${text.split('\n').map(code).join('  \n')}`;

/** One line of plain text, for titles and commit subjects: no mention, no reference, cut at `most` characters. */
export function harmlessLine(text: string, most: number): string {
  const line = inertPlain(withoutInvisible(text).replace(/\s+/g, ' ').trim());
  return line.length <= most ? line : `${upTo(line, most - 1)}…`;
}

/** Plain text of several lines, for commit messages: also without trailers and closing words that are not ours. */
export function harmlessText(text: string): string {
  return inertPlain(withoutInvisible(text)).trim();
}

/**
 * One line for a log that GitHub Actions reads: it can't form a workflow command or move a terminal's cursor. A runner
 * takes `::` for a command at the beginning of a line, and the older `##[` wherever it stands.
 */
export function harmlessLogLine(text: string): string {
  return withoutInvisible(text)
    .replace(/\n+/g, ' ')
    .replace(/^(\s*)::/, '$1·::')
    .replaceAll('##[', '##·[');
}

/** Every line as a quotation. */
export function quoted(markdown: string): string {
  return markdown
    .trim()
    .split('\n')
    .map((line) => (line === '' ? '>' : `> ${line}`))
    .join('\n');
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
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(CONTROL, '')
    .replace(
      INVISIBLE,
      (character) => `[U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`,
    );
}

/** What stands in a node's place; null: the node stays, and its children are looked at. */
function replacementFor(
  node: Nodes,
  source: string,
  closes: boolean,
  hosts: readonly string[],
): string | null {
  switch (node.type) {
    case 'text':
      return inertSource(source, closes, hosts);
    case 'html':
      return LOADS.test(source) ? '[HTML removed]' : literal(source, closes);
    case 'code':
      return DRAWN.test(node.lang ?? '') ? source.replace(/^([`~]{3,})[^\n]*/, '$1text') : null;
    case 'image':
    case 'imageReference':
      return `[image removed${node.alt ? `: ${literal(node.alt, closes)}` : ''}]`;
    case 'definition':
      return '[link target removed]';
    case 'linkReference':
      return literal(textOf(node), closes);
    case 'link':
      return mayLink(node.url, closes, hosts) ? null : inertLink(textOf(node), node.url, closes);
    default:
      return null;
  }
}

const textOf = (node: Nodes): string =>
  'children' in node ? node.children.map(textOf).join('') : 'value' in node ? node.value : '';
