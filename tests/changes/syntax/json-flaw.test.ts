import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstJsonFlaw } from '../../../src/changes/syntax/json-flaw.ts';

const parses = (text: string) => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const strictly = (text: string) => firstJsonFlaw(text, false);
const leniently = (text: string) => firstJsonFlaw(text, true);

/** JSON, and JSON with a few characters cut, doubled or put in: right at nearly every place. */
const nearlyJson = fc
  .tuple(
    fc.json(),
    fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.constantFrom('', ...'{}[],:"\\ 01-.eEtn/\n\t\u0000\u00a0')), {
      maxLength: 2,
    }),
  )
  .map(([json, slips]) =>
    slips.reduce((text, [place, cut, put]) => {
      const at = place % (text.length + 1);
      return text.slice(0, at) + put + text.slice(at + cut);
    }, json),
  );

describe('the first flaw of JSON', () => {
  it('is found exactly where JSON.parse refuses the text', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyJson, fc.string()), (text) => {
        expect(strictly(text) === null).toBe(parses(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['{"a": 1,}', 8],
    ['{"a" 1}', 5],
    ['[1 2]', 3],
    ['{"a": [1, 2}', 11],
    ['{"a": "b\nc"}', 8],
    ['{"a": "\\x"}', 7],
    ['{"a": 01}', 7],
    ['{"a": 1} {', 9],
    ['{"a": 1', 7],
    ["{'a': 1}", 1],
    ['// a\n{}', 0],
    ['', 0],
  ])('of %j is at %i', (text, at) => {
    expect(strictly(text)?.at).toBe(at);
  });

  it('is none where comments and a last comma are allowed, and is the next one all the same', () => {
    for (const text of ['// a\n{ /* b */ "a": [1, 2,], // c\n}', '[1,]', '{"a": {"b": 1,},}', '{}// end'])
      expect(leniently(text)).toBeNull();
    for (const text of ['[,]', '{,}', '[1,,]', '{"a":,}', '{"a": 1 /* open', '{"a": 1}, ', '/'])
      expect(leniently(text)).not.toBeNull();
  });
});
