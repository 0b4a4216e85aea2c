import fc from 'fast-check';
import { expect, it } from 'vitest';
import { occurrences } from '../../src/changes/find-text.ts';
import { type Piece, replaceHits, replaceInBase, textOf } from '../../src/changes/pieces.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 3 });

it('replaces text as plain string replacement does, and keeps every place of the base in order', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 20 }),
      fc.array(fc.tuple(word, fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 3 })), {
        maxLength: 6,
      }),
      (base, edits) => {
        let pieces: Piece[] = [{ from: 0, to: base.length, added: null }];
        let plain = base;
        for (const [old, now] of edits) {
          pieces = replaceHits(pieces, occurrences(plain, old, true), now);
          plain = plain.replaceAll(old, now);
          expect(textOf(pieces, base)).toBe(plain);
        }
        let at = 0;
        for (const { from, to } of pieces) {
          expect(from).toBe(at);
          expect(to).toBeGreaterThanOrEqual(from);
          at = to;
        }
        expect(at).toBe(base.length);
      },
    ),
    { numRuns: 1_000 },
  );
});

it('refuses a stretch of the base that an edit has touched, and takes every other', () => {
  fc.assert(
    fc.property(fc.nat(9), fc.nat(9), fc.nat(9), fc.nat(9), (a, b, c, d) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const [start, end] = [Math.min(c, d), Math.max(c, d)];
      const base = '0123456789';
      const once = replaceInBase([{ from: 0, to: 10, added: null }], from, to, 'x')!;
      const twice = replaceInBase(once, start, end, 'y');
      const apart = end <= from || start >= to;
      expect(twice === null, JSON.stringify([from, to, start, end])).toBe(!apart);
      if (twice && end < from)
        expect(textOf(twice, base)).toBe(
          `${base.slice(0, start)}y${base.slice(end, from)}x${base.slice(to)}`,
        );
    }),
  );
});
