import fc from 'fast-check';
import { Minimatch, type MinimatchOptions } from 'minimatch';
import { describe, expect, it } from 'vitest';
import { exactMatcher, globProblem, strictLists, strictMatcher } from '../../src/policy/globs.ts';

/** What docs/policy.md says that a glob means. */
const MEANING: MinimatchOptions = {
  dot: true,
  noext: true,
  nonegate: true,
  nocomment: true,
  platform: 'linux',
};

const piece = fc.constantFrom(
  ...['a', 'b', 'A', 'ab', '.a', 'ü', '-', '_', '*', '?', '.', '.ts', '.test.ts', '#', '+(a)', '@(a|b)', ' '],
  ...[
    '[ab]',
    '[!a]',
    '[^a]',
    '[a-c]',
    '[]a]',
    '[',
    ']',
    '{a,b}',
    '{a,{b,c}}',
    '{a/b,c}',
    '{1..3}',
    '{a}',
    '**',
  ],
  ...['[[:alpha:]]', '\u{1f600}', 'İ', 'ſ'],
);
const part = fc.oneof(
  fc.constantFrom('**', '*', '*.ts', 'a', 'src'),
  fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
);
const glob = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'))
  .filter((text) => globProblem(text) === null);
const name = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    'src',
    'x.ts',
    'a.test.ts',
    '.a',
    'A',
    'ab',
    'c',
    '1',
    '{a}',
    '[',
    '+(a)',
    'ü',
    'B.TS',
  ),
  fc.string({ unit: fc.constantFrom('a', 'b', '.', 'A', '-', 'ü', '#', ' '), minLength: 1, maxLength: 4 }),
);
const path = fc
  .array(
    name.filter((text) => text !== '.' && text !== '..'),
    { minLength: 1, maxLength: 6 },
  )
  .map((names) => names.join('/'));

describe('globs', () => {
  it('mean exactly what they mean to minimatch, where they let through', () => {
    let hits = 0;
    fc.assert(
      fc.property(
        fc.array(glob, { minLength: 1, maxLength: 6 }),
        fc.array(path, { maxLength: 8 }),
        (globs, paths) => {
          const ours = exactMatcher(globs);
          for (const each of paths) {
            const first = globs.find((text) => new Minimatch(text, MEANING).match(each)) ?? null;
            if (first !== null) hits += 1;
            expect([each, ours(each)]).toEqual([each, first]);
          }
        },
      ),
      { numRuns: 500 },
    );
    expect(hits).toBeGreaterThan(100);
  });

  it('mean all that they mean to minimatch in any case, where they hold back, and say which list it was', () => {
    const anyCase = { ...MEANING, nocase: true };
    fc.assert(
      fc.property(
        fc.array(fc.array(glob, { maxLength: 3 }), { minLength: 1, maxLength: 5 }),
        fc.array(path, { maxLength: 8 }),
        (lists, paths) => {
          const ours = strictLists(lists);
          for (const each of paths) {
            const theirs = lists.flatMap((globs, number) =>
              globs.some((text) => new Minimatch(text, anyCase).match(each)) ? [number] : [],
            );
            expect(ours(each)).toEqual(expect.arrayContaining(theirs));
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a name means what is below it', ['docs'], 'docs/a/b.md'],
    ['a folder means a file of its name', ['docs/**'], 'docs'],
    ['any case', ['Docs/**'], 'dOCS/a'],
    ['a file system’s spelling', ['docs/**'], 'docs./a'],
    ['an ignored character', ['docs/**'], 'do\u200dcs/a'],
    ['a backslash', ['docs/**'], 'docs\\a'],
    ['a way round', ['docs/**'], 'src/../docs/a'],
    ['a decomposed accent', ['\u00fc/**'], 'u\u0308/a'],
    ['letters of one lower case', ['kit/**'], '\u212ait/a'],
  ])('hold back more than minimatch would: %s', (_, globs, each) => {
    expect(strictMatcher(globs)(each)).toBe(globs[0]);
    expect(exactMatcher(globs)(each)).toBeNull();
  });

  it('share no state: the order in which paths are asked for does not matter', () => {
    fc.assert(
      fc.property(
        fc.array(glob, { minLength: 1, maxLength: 5 }),
        fc.array(path, { maxLength: 10 }),
        (globs, paths) => {
          const [forth, back] = [exactMatcher(globs), exactMatcher(globs)];
          const there = paths.map(forth);
          expect(paths.toReversed().map(back).toReversed()).toEqual(there);
        },
      ),
      { numRuns: 300 },
    );
  });
});
