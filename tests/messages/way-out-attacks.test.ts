import fc from 'fast-check';
import type { Nodes } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmAutolinkLiteralFromMarkdown } from 'mdast-util-gfm-autolink-literal';
import { gfmFootnoteFromMarkdown } from 'mdast-util-gfm-footnote';
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table';
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal';
import { gfmFootnote } from 'micromark-extension-gfm-footnote';
import { gfmTable } from 'micromark-extension-gfm-table';
import { visit } from 'unist-util-visit';
import { describe, expect, it } from 'vitest';
import { cut } from '../../src/messages/cut.ts';
import { harmlessLine, harmlessMarkdown, harmlessText } from '../../src/messages/way-out.ts';

const SEED = Number(process.env.SEED ?? 20_261_121);
const RUNS = Number(process.env.WAY_OUT_RUNS ?? 500);

const ATTACKS: readonly string[] = [
  '<div>@ada fixes #1 ![x](HTTPS:evil.example) www.evil.example</div>',
  '<b title="@ada">x</b> ` and <i>`',
  'text ` more\n<div>@ada</div>',
  '- <pre>\n  a\n\n       @ada ![x](//evil.example)</pre>',
  '> <div>\n> @ada\n> </div>',
  '![&lt;img src=https://evil.example/x&gt;](x)',
  '![https://evil.example/CANARY](x)',
  '[&lt;img src=https://evil.example/x&gt;](https://evil.example)',
  '[https://evil.example/x](https://other.example)',
  '[`@ada`](https://evil.example) [@ada][r]\n\n[r]: https://evil.example',
  'https://a.(https://evil.example) http://x.(//evil.example)',
  '[^1]\n\n[^1]: @ada <img src=//evil.example>',
  'Fixes GH-1, **Fix**es #2, F**ixes** #3, fi&shy;xes #4, closes https://github.com/o/r/issues/5',
  'resolves [it](https://github.com/o/r/pull/6) and o/r#7',
  '\uff20ada &commat;ada &#64;ada &#x40;ada \\@ada',
  '| a |\n| - |\n| @ada <b> ![x](y) |',
  '<https://evil.example> <mailto:a@evil.example> a@evil.example',
  '[x](https://github.com@evil.example/) [y](https://github.com.evil.example) [z](//evil.example)',
];

/** What a browser would make of Markdown that is alive: read anew, by all of GitHub's Markdown. */
function alive(markdown: string): string[] {
  const found: string[] = [];
  const tree = fromMarkdown(markdown, {
    extensions: [gfmAutolinkLiteral(), gfmFootnote(), gfmTable()],
    mdastExtensions: [gfmAutolinkLiteralFromMarkdown(), gfmFootnoteFromMarkdown(), gfmTableFromMarkdown()],
  });
  let words = '';
  visit(tree, (node: Nodes, _index, parent) => {
    if (['image', 'imageReference', 'html', 'linkReference'].includes(node.type)) found.push(node.type);
    if (node.type === 'link' && !/^(https:\/\/(docs\.)?github\.com\/|#)/.test(node.url)) found.push(node.url);
    if (node.type === 'link' && /^https:(\/+[^/]+){3}\/(issues|pull)\/\d/.test(node.url))
      words += ` ${node.url} #0`;
    if (node.type === 'code' && /^(mermaid|suggestion|math)/.test(node.lang ?? ''))
      found.push(node.lang ?? '');
    // The words of a bare address are only an address.
    const isAddress = parent?.type === 'link' && node.type === 'text' && parent.url.endsWith(node.value);
    if (node.type !== 'text' || isAddress) return;
    words += node.value;
    found.push(
      ...(node.value.match(/[@\uff20](?=[a-z0-9])/gi) ?? []),
      ...(node.value.match(/[\w.-]+\/[\w.-]+#\d/g) ?? []),
    );
  });
  if (/\b(close[sd]?|fix(e[sd])?|resolve[sd]?)\b/i.test(words))
    found.push(...(words.match(/(#|GH-)\d/gi) ?? []));
  return found;
}

describe('SEC-4, SEC-37, SEC-38, C09, C12: Markdown on its way out', () => {
  it.each(ATTACKS)('%j: is dead on the page', (attack) => {
    expect(alive(attack).length).toBeGreaterThan(0);
    expect(alive(harmlessMarkdown(attack))).toEqual([]);
  });

  it(`of any pieces is dead on the page (seed ${SEED})`, () => {
    const pieces = [
      ...[
        '@ada',
        '#1',
        'GH-2',
        'fixes ',
        'o/r#3',
        'https://evil.example',
        'www.evil.example',
        '//evil.example',
        'a@evil.example',
      ],
      ...[
        '<b>',
        '</b>',
        '<div>',
        '<img src=x>',
        '<!--',
        '-->',
        '<a href="//evil.example">',
        '&lt;',
        '&#64;',
        '&amp;#64;',
      ],
      ...[
        '`',
        '``',
        '```',
        '~~~',
        '![',
        '[',
        '](',
        ')',
        ']',
        '][',
        '[r]: https://evil.example',
        '[^1]',
        '[^1]: ',
        '\\',
        '|',
        '| - |',
      ],
      ...[
        '*',
        '**',
        '_',
        '~',
        '> ',
        '- ',
        '1. ',
        '    ',
        '\t',
        '\n',
        '\n\n',
        '  \n',
        '# ',
        '---',
        ' ',
        'a',
        '.',
        '(',
        ':',
        '\u200b',
        '\u2028',
      ],
      ...['https://github.com/o/r/issues/9', 'https://github.com/', '```suggestion\n', '<', '>', '"', '$'],
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 14 }), (parts) => {
        const text = parts.join('');
        expect(alive(harmlessMarkdown(text)), harmlessMarkdown(text)).toEqual([]);
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('stays what it was where it was harmless: code, tables, lists, references, links to GitHub', () => {
    const text =
      'A `List<@ada>` at #12, 1 * 2, snake_case.\n\n| a | b |\n| - | - |\n| 1 | `<b>` |\n\n> - [docs](https://docs.github.com/en)\n\n```ts\nconst x = "<b>@ada</b>";\n```\n';
    expect(harmlessMarkdown(text)).toBe(text);
  });

  it('may link to hosts that are allowed, over HTTPS alone, and loads images from none', () => {
    const hosts = ['wiki.example'];
    expect(harmlessMarkdown('[a](https://wiki.example/x)', hosts)).toBe('[a](https://wiki.example/x)');
    expect(harmlessMarkdown('[a](http://wiki.example/x)', hosts)).toBe('a (wiki[.]example/x)');
    expect(harmlessMarkdown('[a](https://x.wiki.example/x)', hosts)).toBe('a (x[.]wiki[.]example/x)');
    expect(harmlessMarkdown('![a](https://wiki.example/x)', hosts)).toBe('[image removed: a]');
  });
});

describe('a commit message or a title on its way out', () => {
  it.each([
    'Co-authored-by: Eve <e@evil.example>',
    ' Signed-off-by : Eve',
    'skip-checks:true',
    'x\rConductor-Run: forged',
    'x\u2028Change-Id: 1',
  ])('%j is no trailer', (text) => {
    expect(harmlessText(`Words.\n\n${text}`)).not.toMatch(/^\s*[\w-]+\s*:/m);
  });

  it('closes nothing, mentions nobody, leads nowhere, and keeps no checks from running', () => {
    const text =
      'fixes #1, Closes: GH-2, resolves o/r#3, fix https://github.com/o/r/issues/4 @ada \uff20bob www.evil.example [skip ci] [no ci] [actions skip]';
    for (const safe of [harmlessText(text), harmlessLine(text, 500)]) {
      expect(safe).not.toMatch(/#\d|GH-\d|[@\uff20]\w|:\/\/|evil\.example|\[[^.]*\]/);
      expect(safe).toContain('evil[.]example');
      expect(safe).toContain('(skip ci)');
    }
  });
});

describe('a cut', () => {
  it('lies between what people see as characters', () => {
    for (const one of ['🙂', '👍🏽', '🇫🇷', 'e\u0301', '👩‍🚀'])
      for (let most = 200; most < 212; most++) {
        const kept = cut(one.repeat(400), most).split('\n')[0] ?? '';
        expect(kept).toBe(one.repeat(kept.length / one.length));
        expect(harmlessLine(one.repeat(40), 30).isWellFormed()).toBe(true);
      }
  });

  it('closes what is open: a fence around others, one in a list, folded parts; and leaves a table whole', () => {
    const long = 'word '.repeat(100);
    const texts = {
      'in a fence': `\`\`\`\`md\n\`\`\`js\n${long}`,
      'in tildes': `~~~\n\`\`\`\n${long}`,
      'in a list': `- a\n  \`\`\`js\n  ${long}`,
      'in a folded part': `<details><summary>a</summary>\n\n\`\`\`\n</details>\n${long}`,
      'in a table': `| a | b |\n| - | - |\n| 1 | 2 |\n| ${long} | ${long} |`,
      'in two folded parts': `<details><summary>a</summary>\n\n<details><summary>b</summary>\n\n${long}`,
    };
    for (const [where, text] of Object.entries(texts)) {
      const short = cut(text, 300);
      expect(short.length, where).toBeLessThanOrEqual(300);
      const last = fromMarkdown(short, {
        extensions: [gfmTable()],
        mdastExtensions: [gfmTableFromMarkdown()],
      }).children.at(-1);
      expect(last?.type, where).toBe('paragraph');
      expect(short, where).toMatch(/\n\n… \d+ more characters$/);
      expect(short.split('<details>').length, where).toBeLessThanOrEqual(short.split('</details>').length);
    }
    expect(cut(texts['in a table'], 300)).toMatch(/^\| a \| b \|\n\| - \| - \|\n\| 1 \| 2 \|\n\n…/);
  });
});
