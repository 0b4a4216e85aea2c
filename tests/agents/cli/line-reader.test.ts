import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineReader } from '../../../src/agents/cli/line-reader.ts';

/** The lines of a text that comes in pieces of so many bytes. */
function linesOf(text: string, bytes: number, longest = 1_000): string[] {
  const lines: string[] = [];
  const reader = lineReader(longest, (line) => lines.push(line));
  const all = Buffer.from(text);
  for (let at = 0; at < all.length; at += bytes) reader.push(all.subarray(at, at + bytes));
  reader.end();
  return lines;
}

describe('S4-9: lines of an event stream', () => {
  it('are the same wherever the pieces end, inside a character too', () => {
    const text = fc
      .array(fc.string({ unit: fc.constantFrom('a', 'ü', '🙂', '\n', '\r\n') }))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (of, bytes) => {
        const whole = of.endsWith('\n') ? of.slice(0, -1) : of;
        const lines = of === '' ? [] : whole.split('\n').map((line) => line.replace(/\r$/, ''));
        expect(linesOf(of, bytes)).toEqual(lines);
      }),
    );
  });

  it('are cut where they are too long, and the next is whole again', () => {
    expect(linesOf(`${'x'.repeat(5_000)}\nnext\n`, 7, 100)).toEqual(['x'.repeat(100), 'next']);
    expect(linesOf('x'.repeat(5_000), 64, 100)).toEqual(['x'.repeat(100)]);
  });
});
