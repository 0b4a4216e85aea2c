import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { syntaxProblems } from '../../../src/changes/syntax/syntax-problems.ts';
import { withinTime } from '../../../src/changes/syntax/within-time.ts';

const LENGTH = 1_000_000;
const fill = (piece: string) => piece.repeat(Math.ceil(LENGTH / piece.length)).slice(0, LENGTH);
const created = (path: string, after: string) =>
  ({ op: 'create', path, from: null, before: null, after, modeBefore: null, mode: '100644' }) as const;

/** Each of a megabyte or so, but for those whose nesting alone is the harm. */
const HOSTILE: readonly (readonly [what: string, path: string, text: string])[] = [
  ['a type argument in a type argument', 'a.ts', '<T>('.repeat(60)],
  ['comments', 'a.ts', fill('/**/')],
  ['brackets', 'a.js', fill('[')],
  ['templates', 'a.js', fill('`$\x7b')],
  ['elements', 'a.tsx', fill('<a>')],
  ['sums', 'a.js', fill('1+')],
  ['a pattern', 'a.js', `a=/${fill('(a+)+')}/`],
  ['objects', 'a.json', fill('{"a":')],
  ['a string without an end', 'a.json', `"${fill('a')}`],
  ['blanks', 'a.json', fill(' ')],
  ['comments', 'tsconfig.json', fill('/**/')],
  ['comments without an end', 'a.jsonc', fill('/*')],
  [
    'aliases of aliases',
    'a.yml',
    `a: &a0 x\n${Array.from({ length: 60 }, (_, at) => `b${at}: &a${at + 1} [*a${at}, *a${at}]\n`).join('')}`,
  ],
  ['lists in lists', 'a.yml', fill('- ')],
  ['flows', 'a.yml', fill('[')],
  ['keys', 'a.yml', fill('a: ')],
  ['marks', 'a.yml', fill('!')],
  ['documents', 'a.yml', fill('---\n')],
  ['arrays', 'a.toml', `a=${fill('[')}`],
  ['dots', 'a.toml', `${fill('a.')}b=1`],
  ['quotes', 'a.toml', fill('"')],
];

describe('hostile files', () => {
  it.each(HOSTILE)('%s: %s is looked at in its time, and throws nothing', async (_what, path, text) => {
    const started = performance.now();
    await syntaxProblems([created(path, text)], { problems: 5, milliseconds: 500 });
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('one hides no other', async () => {
    const files = [created('a.ts', `//${fill('a')}\n${'<T>('.repeat(60)}`), created('b.ts', 'let = ;')];
    const problems = await syntaxProblems(files, { problems: 5, milliseconds: 200 });
    expect(problems.map(({ message }) => message)).toEqual([expect.stringContaining('"b.ts"')]);
  });

  it('work that never ends is ended, and what work throws is thrown', () => {
    expect(withinTime(20, () => undefined)).toBe(true);
    expect(
      withinTime(20, () => {
        for (;;);
      }),
    ).toBe(false);
    expect(() =>
      withinTime(20, () => {
        throw new RangeError('too deep');
      }),
    ).toThrow(RangeError);
  });
});

describe('what it costs', () => {
  const SRC = join(import.meta.dirname, '../../../src');
  const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .sort();

  it('twenty TypeScript files cost a few dozen milliseconds once the parser is warm', async ({
    annotate,
  }) => {
    const files = sources.slice(0, 20).map((path) => created(path, readFileSync(join(SRC, path), 'utf8')));
    expect(await syntaxProblems(files)).toEqual([]);
    const before = process.cpuUsage();
    await syntaxProblems(files);
    const { user, system } = process.cpuUsage(before);
    await annotate(`${((user + system) / 1_000).toFixed(0)} ms CPU`);
    // A busy machine takes several times as long.
    expect((user + system) / 1_000).toBeLessThan(300);
  });
});
