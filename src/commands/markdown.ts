import type { Root } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmFootnoteFromMarkdown } from 'mdast-util-gfm-footnote';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmFootnote } from 'micromark-extension-gfm-footnote';
import { gfmTable } from 'micromark-extension-gfm-table';
import { tooComplex } from './too-complex.ts';

/** What the inside of a paragraph is made of; the time that it takes grows with the square of the paragraph. */
const INSIDE = [
  'autolink',
  'characterEscape',
  'characterReference',
  'codeText',
  'hardBreakEscape',
  'htmlText',
  'labelEnd',
  'labelStartImage',
  'labelStartLink',
  'gfmFootnoteCall',
  'gfmPotentialFootnoteCall',
];
const BLOCKS = [
  'blockQuote',
  'codeFenced',
  'codeIndented',
  'headingAtx',
  'htmlFlow',
  'list',
  'setextUnderline',
  'thematicBreak',
];
/** What is prose does not depend on emphasis, and hostile runs of `*` would cost a minute. */
const EMPHASIS = 'attention';

/**
 * The blocks of a comment in GitHub's Markdown, their insides left as one text each. Null where even the blocks are
 * too complex to read in reasonable time.
 */
export function parseBlocks(source: string): Root | null {
  if (tooComplex(source)) return null;
  try {
    return fromMarkdown(source, {
      extensions: [gfmFootnote(), gfmTable(), { disable: { null: [...INSIDE, EMPHASIS] } }],
      mdastExtensions: [gfmFootnoteFromMarkdown(), gfmTableFromMarkdown()],
    });
  } catch (error) {
    // Nesting that the counts do not see overflows the parser's stack; anything else is a bug.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The inside of one block: text, code, links and HTML. Give it short texts only. */
export function parseInside(text: string): Root {
  return fromMarkdown(text, {
    extensions: [gfmAutolinkLiteral(), { disable: { null: [...BLOCKS, EMPHASIS] } }],
    mdastExtensions: [gfmAutolinkLiteralFromMarkdown()],
  });
}

/** The same, and every node says where it stands: addresses that are found in text only afterwards stay text. */
export function parsePlaced(text: string): Root {
  return fromMarkdown(text, {
    extensions: [gfmAutolinkLiteral(), { disable: { null: [...BLOCKS, EMPHASIS] } }],
    mdastExtensions: [{ ...gfmAutolinkLiteralFromMarkdown(), transforms: [] }],
  });
}
