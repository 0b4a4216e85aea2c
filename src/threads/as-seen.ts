import type { Definition, FootnoteDefinition, Nodes, TableCell } from 'mdast';
import { type Replace, rewriteMarkdown } from '../commands/rewrite-markdown.ts';
import { withoutUnseen } from './hostile-text.ts';

/** What browsers never show of HTML: comments, instructions to a processor, declarations. */
const UNSHOWN = /<!--[\s\S]*?(?:-->|$)|<\?[\s\S]*?(?:\?>|$)|<![a-z[][\s\S]*?(?:>|$)/gi;
const TAG = /<(\/?)([a-z][a-z0-9-]*)((?:"[^"]*"|'[^']*'|[^<>"'])*)>/gi;
const HIDES =
  /\shidden\b|display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0|font-size\s*:\s*0|[\s"';]color\s*[:=]/i;
const HREF = /\shref\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)/i;
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]+));/gi;
const UNSEEN_NAMES = /^(?:zwj|zwnj|shy|lrm|rlm|zerowidthspace|nobreak|applyfunction|invisible\w+)$/i;
const LANGUAGE = /^[\w+#.-]{1,30}$/;
const LABEL = /\[([^[\]\n]{1,300})\](:?)/g;
/** An image whose address stands in a definition, which the inside of a block does not know. */
const IMAGE_BY_REFERENCE = /!\[([^[\]\n]{0,300})\](?:\[([^[\]\n]{0,300})\])?/g;

/**
 * Markdown as people see it on GitHub. What is not shown is gone: HTML comments, the attributes of tags, texts and
 * titles of images, what stands behind a code fence's language, definitions that nothing refers to, cells beyond a
 * table's columns, characters without a shape. What is folded, or marked as hidden by means that GitHub takes away (so
 * that people do see it), is told as that. Code is left as it is.
 */
export function asSeen(markdown: string): string {
  const text = withoutUnseen(markdown);
  return rewriteMarkdown(text, showing(labelsIn(text)), seenHtml) ?? seenHtml(text);
}

function showing(labels: Labels): Replace {
  const beyond = new Set<Nodes>();
  const defined = new Map<string, number>();
  return (node, source) => {
    switch (node.type) {
      case 'html':
        return seenHtml(source);
      case 'image':
      case 'imageReference':
        return '[image]';
      case 'link':
        return node.title ? `[${source.slice(1, source.indexOf(']('))}](${node.url})` : null;
      case 'definition':
        return isReferredTo(node, labels, defined) ? `[${node.label ?? ''}]: ${node.url}` : '';
      case 'footnoteDefinition':
        return isReferredTo(node, labels, defined) ? null : '';
      case 'code':
        return withLanguageOnly(source, node.lang ?? '');
      case 'table':
        for (const { children } of node.children)
          for (const cell of children.slice(node.children[0]?.children.length))
            beyond.add(cell satisfies TableCell);
        return null;
      case 'tableCell':
        return beyond.has(node) ? '' : null;
      case 'text':
        return source
          .replace(IMAGE_BY_REFERENCE, (image, alt: string, label: string | undefined) =>
            labels.get(normal(label || alt))?.isDefined ? '[image]' : image,
          )
          .replace(ENTITY, (entity, decimal, hex, name) => (isUnseen(decimal, hex, name) ? '' : entity));
      default:
        return null;
    }
  };
}

/** HTML with what is shown of it: its texts, and which tags stand around them. */
function seenHtml(html: string): string {
  return html.replace(UNSHOWN, '').replace(TAG, (_tag, closing: string, name: string, attributes: string) => {
    const hidden = HIDES.test(attributes) ? '(marked as hidden:) ' : '';
    if (/^details$/i.test(name)) return closing ? '(end of what is folded)' : `${hidden}(folded:)`;
    const href = name.toLowerCase() === 'a' && !closing ? (HREF.exec(attributes)?.[0] ?? '') : '';
    return `${hidden}<${closing}${name}${href}>`;
  });
}

/** How often a label stands in brackets, its definitions included, and whether it seems to have one. */
interface Label {
  times: number;
  isDefined: boolean;
}
type Labels = ReadonlyMap<string, Label>;

function labelsIn(text: string): Labels {
  const labels = new Map<string, Label>();
  for (const [, name = '', colon] of text.matchAll(LABEL)) {
    const label = labels.get(normal(name)) ?? { times: 0, isDefined: false };
    label.times += 1;
    label.isDefined ||= colon === ':';
    labels.set(normal(name), label);
  }
  return labels;
}

/** Something beside definitions names it, and this is the first definition: only that one counts. */
function isReferredTo(
  { type, label }: Definition | FootnoteDefinition,
  labels: Labels,
  defined: Map<string, number>,
): boolean {
  const name = normal(`${type === 'definition' ? '' : '^'}${label ?? ''}`);
  const before = defined.get(name) ?? 0;
  defined.set(name, before + 1);
  return before === 0 && (labels.get(name)?.times ?? 0) > 1;
}

const normal = (label: string) => label.replace(/\s+/g, ' ').trim().toLowerCase();

function withLanguageOnly(source: string, language: string): string | null {
  const shown = LANGUAGE.test(language) ? language : '';
  const cleaned = source.replace(/^(`{3,}|~{3,})[^\n]*/, (_line, fence) => `${fence}${shown}`);
  return cleaned === source ? null : cleaned;
}

function isUnseen(decimal: string | undefined, hex: string | undefined, name: string | undefined): boolean {
  if (name !== undefined) return UNSEEN_NAMES.test(name);
  const point = decimal ? Number(decimal) : Number.parseInt(hex ?? '', 16);
  return point <= 0x10ffff && withoutUnseen(String.fromCodePoint(point)) === '';
}
