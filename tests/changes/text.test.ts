import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeText, MAX_TEXT_BYTES, textProblem } from '../../src/changes/text.ts';

it('gives exactly the text, mark and line ends included, or says why there is none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const decoded = decodeText('f', bytes);
      if (decoded.ok) {
        expect([...new TextEncoder().encode(decoded.text)]).toEqual([...bytes]);
        expect(textProblem('f', decoded.text)).toBeNull();
      } else expect(decoded.error.code).toBe('not_text');
    }),
    { numRuns: 500 },
  );
  expect(decodeText('f', new Uint8Array([0xef, 0xbb, 0xbf, 0x61, 13, 10]))).toEqual({
    ok: true,
    text: '\ufeffa\r\n',
  });
});

it.each([
  ['a NUL', new Uint8Array([97, 0]), 'not_text'],
  ['UTF-16', new Uint8Array([0xff, 0xfe, 97, 0]), 'not_text'],
  ['an overlong slash', new Uint8Array([0xc0, 0xaf]), 'not_text'],
  ['a surrogate', new Uint8Array([0xed, 0xa0, 0x80]), 'not_text'],
  ['more than a MiB', new Uint8Array(MAX_TEXT_BYTES + 1).fill(97), 'file_too_large'],
])('refuses %s', (_, bytes, code) => {
  expect(decodeText('f', bytes)).toMatchObject({ ok: false, error: { code } });
});

it('holds a text to be written to the same limits', () => {
  expect(textProblem('f', 'a'.repeat(MAX_TEXT_BYTES))).toBeNull();
  expect(textProblem('f', 'é'.repeat(MAX_TEXT_BYTES / 2 + 1))).toMatchObject({ code: 'file_too_large' });
  expect(textProblem('f', '\ud800')).toMatchObject({ code: 'not_text' });
});
