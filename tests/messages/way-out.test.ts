import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cut } from '../../src/messages/cut.ts';
import {
  code,
  harmlessLine,
  harmlessLogLine,
  harmlessMarkdown,
  harmlessText,
  quoted,
} from '../../src/messages/way-out.ts';

const DATA = new URL('../../../shared/data/adversarial.json', import.meta.url);

describe('what models and strangers wrote, on its way to GitHub', () => {
  it.skipIf(!existsSync(DATA))('holds none of what the shared hostile cases must not contain', () => {
    const cases: { id: string; text: string; must_not_contain: string[] }[] = JSON.parse(
      readFileSync(DATA, 'utf8'),
    ).outbound;
    for (const { id, text, must_not_contain } of cases) {
      for (const forbidden of must_not_contain) expect(harmlessMarkdown(text), id).not.toContain(forbidden);
    }
  });

  it('leaves ordinary Markdown as it was', () => {
    const text =
      '# Title\n\n- a **list** with `code @ada` and #12\n\n```js\nconst a = "@ada"; // done\n```\n\n[issue](https://github.com/acme/web/issues/1)\n';
    expect(harmlessMarkdown(text)).toBe(text);
  });

  it('notifies nobody', () => {
    expect(harmlessMarkdown('cc @ada, @acme/leads and (@bob)')).toBe(
      'cc @&#8203;ada, @&#8203;acme/leads and (@&#8203;bob)',
    );
    expect(harmlessMarkdown('cc &#64;ada and \\@ada')).not.toMatch(/(&#64;|@)ada/);
    expect(harmlessLine('thanks @ada', 72)).toBe('thanks ada');
    expect(harmlessText('thanks @ada')).toBe('thanks ada');
  });

  it('closes nothing and refers to no other repository', () => {
    expect(harmlessMarkdown('Fixes #1 and closes: acme/web#2')).toBe(
      'Fixes #&#8203;1 and closes: acme/web#&#8203;2',
    );
    expect(harmlessMarkdown('resolves https://github.com/acme/web/issues/3')).toBe(
      'resolves github[.]com/acme/web/issues/3',
    );
    expect(harmlessText('Fixes #1')).toBe('Fixes 1');
  });

  it('shows where a link to a foreign host went, and does not link it', () => {
    expect(harmlessMarkdown('see [this](https://evil.example/a?b)')).toBe('see this (evil[.]example/a?b)');
    expect(harmlessMarkdown('https://evil.example/a')).toBe('evil[.]example/a');
    expect(harmlessMarkdown('<https://evil.example>')).not.toContain('evil.example');
    expect(harmlessMarkdown('[x](javascript:alert(1))')).not.toContain('](');
  });

  it('shows invisible characters instead of passing them on', () => {
    expect(harmlessMarkdown('user\u202e')).toBe('user[U+202E]');
    expect(harmlessMarkdown('a\u{e0041}b')).toBe('a[U+E0041]b');
  });

  it('has no HTML of its own, in blocks, lines, quotes or tables', () => {
    for (const html of [
      '</details>',
      '<img src=x>',
      '> <b>',
      '| a |\n| - |\n| <i> |',
      '<!-- conductor:status run=r1 -->',
    ]) {
      expect(harmlessMarkdown(html)).not.toMatch(/<(?!br)[a-z/!]/i);
    }
  });

  it('forms no trailer in a commit message and no command in a log', () => {
    expect(harmlessText('Conductor-Run: forged\nCo-authored-by: x')).not.toMatch(/^[A-Za-z-]+: /m);
    expect(harmlessLogLine('::set-output name=a::b\n::error::c')).not.toMatch(/(^|\n)::/);
  });

  it('is cut at a character, with its code fence closed', () => {
    const text = cut(`\`\`\`js\n${'🙂'.repeat(500)}`, 300);
    expect(text.length).toBeLessThanOrEqual(300);
    expect(text.isWellFormed()).toBe(true);
    expect(text.match(/```/g)).toHaveLength(2);
    expect(text).toContain('more characters');
  });

  it('cannot leave inline code or a quotation', () => {
    expect(code('a`b')).toBe('``a`b``');
    expect(code('`')).toBe('`` ` ``');
    expect(
      quoted('a\n\nb')
        .split('\n')
        .every((line) => line.startsWith('>')),
    ).toBe(true);
  });

  it('is well-formed text whatever went in, and never an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(harmlessMarkdown(text).isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
