import fc from 'fast-check';
import { Minimatch } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { type MemoryFile, memoryWorkspace } from '../../src/changes/memory-workspace.ts';
import { ownersOf, parseCodeOwners, readCodeOwners } from '../../src/policy/code-owners.ts';
import { BASE } from '../changes/build.ts';
import { sharedData } from '../changes/shared-data.ts';

interface Vector {
  readonly pattern: string;
  readonly paths: Readonly<Record<string, boolean>>;
}
const vectors = sharedData<readonly Vector[]>('codeowners-patterns.json');

const file = (...lines: readonly string[]) => parseCodeOwners(lines.join('\n'), 'CODEOWNERS');
const read = (files: Record<string, MemoryFile>) => readCodeOwners(memoryWorkspace(BASE, files));

describe('a pattern of CODEOWNERS', () => {
  it.skipIf(vectors === null)('SEC-19: matches what all 153 public vectors say', () => {
    const expected = vectors!.flatMap(({ pattern, paths }) =>
      Object.entries(paths).map(([path, matches]) => ({ pattern, path, matches })),
    );
    const found = expected.map(({ pattern, path }) => {
      return { pattern, path, matches: ownersOf(file(`${pattern} @owner`), path).length > 0 };
    });
    expect(found).toEqual(expected);
    expect(expected).toHaveLength(153);
  });

  it('among others matches what minimatch says of it alone, and the last one counts', () => {
    const part = fc.oneof(
      fc.constantFrom('a', 'b', '*', '**', 'a*', '*b', 'a?', '?', 'a*b*'),
      fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), minLength: 1, maxLength: 4 }),
    );
    const pattern = fc
      .tuple(
        fc.constantFrom('', '/'),
        fc.array(part, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('', '/'),
      )
      .map(([start, parts, end]) => start + parts.join('/') + end)
      .filter((text) => !text.includes('***'));
    const name = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 });
    const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.array(pattern, { minLength: 1, maxLength: 6 }), path, (patterns, asked) => {
        const owners = file(...patterns.map((text, index) => `${text} @o${index}`));
        const last = patterns.findLastIndex((text) => minimatchSays(text, asked));
        expect(ownersOf(owners, asked)).toEqual(last < 0 ? [] : [`@o${last}`]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts case, as GitHub does: read loosely, a line would take files from their owners', () => {
    const owners = file('* @leads', '/Docs/ @writers');
    expect(ownersOf(owners, 'docs/a.md')).toEqual(['@leads']);
    expect(ownersOf(owners, 'Docs/a.md')).toEqual(['@writers']);
  });

  it('takes two hundred deep paths and a thousand hostile lines in seconds at most', () => {
    const hostile = [
      (index: number) => `${'*a'.repeat(200)}b${index}`,
      (index: number) => `${'**/a/'.repeat(150)}x${index}`,
      (index: number) => `**${'/*/**'.repeat(index % 150)}/x${index}`,
      (index: number) => `${'?*'.repeat(250)}${index}`,
    ];
    for (const line of hostile) {
      const started = performance.now();
      const owners = file(...Array.from({ length: 1_000 }, (_, index) => `${line(index)} @o`));
      for (let index = 0; index < 200; index += 1)
        ownersOf(owners, `${'a/'.repeat(100)}${index % 100}/${'a'.repeat(50)}`);
      expect(performance.now() - started).toBeLessThan(5_000);
    }
  });
});

describe('CODEOWNERS', () => {
  it('the last entry that matches counts, and one without owners clears them', () => {
    const owners = file('* @everyone', 'src/ @acme/core dev@acme.example', 'src/generated/');
    expect(ownersOf(owners, 'README.md')).toEqual(['@everyone']);
    expect(ownersOf(owners, 'src/a.ts')).toEqual(['@acme/core', 'dev@acme.example']);
    expect(ownersOf(owners, 'src/generated/a.ts')).toEqual([]);
    expect(ownersOf(file('src/ @a'), 'README.md')).toEqual([]);
  });

  it('comments, blank lines, tabs, escaped blanks, a mark at the start and both line ends are read', () => {
    const owners = parseCodeOwners(
      '\ufeff# who owns what\r\n\r\n  *.md\t@a @b # inline\r\nmy\\ docs/ @c\r\ncleared # by nobody @d\r\n',
      'CODEOWNERS',
    );
    expect(owners.problems).toEqual([]);
    expect(owners.entries).toEqual([
      { pattern: '*.md', owners: ['@a', '@b'], line: 3 },
      { pattern: 'my\\ docs/', owners: ['@c'], line: 4 },
      { pattern: 'cleared', owners: [], line: 5 },
    ]);
    expect(ownersOf(owners, 'my docs/a')).toEqual(['@c']);
  });

  it.each([
    ['an exception', '!src/ @a', '"!"'],
    ['an escaped comment', '\\#a @a', '"#"'],
    ['three stars', '***/a @a', '"***"'],
    ['no owner but a name', 'src/ acme', '"acme"'],
    ['a bot', 'src/ @dependabot[bot]', 'dependabot'],
    ['a comment that sticks to an owner', 'src/ @a#b', '"@a#b"'],
    ['a part that is empty', 'src//a @a', 'empty'],
    ['a part that leads up', '../a @a', '".."'],
    ['nothing but a slash', '/ @a', 'empty'],
    ['a blank that is none', 'src/\u00a0@a', 'does not show'],
    ['a control character', 'src/\u0007 @a', 'does not show'],
    ['an escape of nothing', 'src\\/a @a', 'backslash'],
  ])('SEC-19: %s is a problem of its line, and no entry', (_, line, named) => {
    const owners = file('* @everyone', line);
    expect(owners.problems).toEqual([{ line: 2, message: expect.stringContaining(named) }]);
    expect(owners.entries).toHaveLength(1);
  });

  it('SEC-19: brackets are a problem, and taken literally; escaped they are none', () => {
    const bare = file('app/[id]/ @a');
    expect(bare.problems).toMatchObject([{ line: 1 }]);
    expect(ownersOf(bare, 'app/[id]/page.tsx')).toEqual(['@a']);
    expect(ownersOf(bare, 'app/i/page.tsx')).toEqual([]);
    const escaped = file('app/\\[id\\]/ @a');
    expect(escaped.problems).toEqual([]);
    expect(ownersOf(escaped, 'app/[id]/page.tsx')).toEqual(['@a']);
  });

  it('never throws, whatever the file says', () => {
    const text = fc.string({
      unit: fc.constantFrom(
        'a',
        '/',
        '*',
        '?',
        '\\',
        ' ',
        '#',
        '@',
        '[',
        '!',
        '\n',
        '\r',
        '\u{1f600}',
        '\ud800',
      ),
    });
    fc.assert(
      fc.property(text, text, (lines, path) => {
        expect(Array.isArray(ownersOf(parseCodeOwners(lines, 'CODEOWNERS'), path))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('where CODEOWNERS is read', () => {
  it('in GitHub’s order of places, the first that is there and no other', async () => {
    const three = { '.github/CODEOWNERS': '* @a', CODEOWNERS: '* @b', 'docs/CODEOWNERS': '* @c' };
    expect(ownersOf((await read(three))!, 'x')).toEqual(['@a']);
    const { '.github/CODEOWNERS': _, ...two } = three;
    expect(ownersOf((await read(two))!, 'x')).toEqual(['@b']);
    expect(await read({ 'docs/CODEOWNERS': '* @c' })).toMatchObject({ path: 'docs/CODEOWNERS' });
    expect(await read({ 'src/CODEOWNERS': '* @c', codeowners: '* @d' })).toBeNull();
  });

  it.each<[string, MemoryFile, string]>([
    ['a link', { content: 'OWNERS', mode: '120000' }, 'link'],
    ['no text', new Uint8Array([0x2a, 0xff, 0xfe]), 'UTF-8'],
    ['too large', `${'#'.repeat(3_000_000)}\n* @a`, '3 MB'],
  ])('SEC-19: one that is %s has a problem, and no entries', async (_, content, named) => {
    expect(await read({ CODEOWNERS: content })).toEqual({
      path: 'CODEOWNERS',
      entries: [],
      problems: [{ line: null, message: expect.stringContaining(named) }],
    });
  });
});

/** What GitHub's patterns mean, said with another library's globs. */
function minimatchSays(pattern: string, path: string): boolean {
  const options = { dot: true, nobrace: true, noext: true, nonegate: true, nocomment: true };
  const anchored = pattern.slice(0, -1).includes('/') || pattern.startsWith('/');
  const text = (anchored ? '' : '**/') + pattern.replace(/^\//, '');
  const body = text.replace(/(?:^|\/)(?:\*\*\/?|)$/, '');
  const below = body === '' ? '**' : `${body}/**`;
  const onlyBelow = body !== text;
  const onlyHere = anchored && /(?:^|\/)\*$/.test(text);
  const globs = onlyBelow ? [below] : onlyHere ? [text] : [text, below];
  return globs.some((glob) => new Minimatch(glob, options).match(path));
}
