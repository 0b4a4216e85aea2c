import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_CHANGES, MAX_TOTAL_TEXT } from '../../src/changes/change-set.ts';
import { parseChangeSet } from '../../src/changes/parse-change-set.ts';
import { changeSet, create, lines, remove, rename, swap } from './build.ts';
import { type Adversarial, sharedData } from './shared-data.ts';

const adversarial = sharedData<Adversarial>('adversarial.json');
const whole = changeSet(
  create('a', 'x', '100755'),
  lines('b', 1, 2, 'y', 'z'),
  swap('c', 'o', 'n', true),
  remove('d'),
  rename('e', 'f'),
);

function code(raw: string): string {
  const parsed = parseChangeSet(raw);
  return parsed.ok ? 'ok' : parsed.error.code;
}

function message(raw: string): string {
  const parsed = parseChangeSet(raw);
  return parsed.ok ? '' : parsed.error.message;
}

describe('parseChangeSet', () => {
  it('S0-23: reads a change set of all five operations as it was written', () => {
    expect(parseChangeSet(JSON.stringify(whole))).toEqual({ ok: true, changeSet: whole });
    expect(code(`\n ${JSON.stringify(whole, null, 2)}\r\n`)).toBe('ok');
  });

  it('accepts strings that look like JSON, brackets, quotes and repeated words', () => {
    const tricky = changeSet(create('a', '}{"a":1,"a":2}\\"]['), swap('{', '"', '\\\\'));
    expect(parseChangeSet(JSON.stringify(tricky))).toEqual({ ok: true, changeSet: tricky });
  });

  it.each([
    ['nothing', '', 'empty_output'],
    ['blanks', ' \n\t', 'empty_output'],
    ['prose', 'Sure!', 'not_json'],
    ['a fence around the object', `\`\`\`json\n${JSON.stringify(whole)}\n\`\`\``, 'not_json'],
    ['a list', '[]', 'not_json'],
    ['a byte order mark', `\ufeff${JSON.stringify(whole)}`, 'not_json'],
    ['prose behind the object', `${JSON.stringify(whole)} Done!`, 'trailing_text'],
    ['a second object', `${JSON.stringify(whole)}${JSON.stringify(whole)}`, 'trailing_text'],
    ['a comment', '{/* x */"version":1}', 'not_json'],
    ['a comma too many', '{"version":1,}', 'not_json'],
    ['Infinity', '{"version":Infinity}', 'not_json'],
    ['a single-quoted key', "{'version':1}", 'not_json'],
    ['a line end in a string', '{"version":"\n"}', 'not_json'],
    ['a key twice', '{"version":1,"version":1}', 'duplicate_key'],
    ['a key twice in another spelling', '{"version":1,"\\u0076ersion":1}', 'duplicate_key'],
    ['a key twice in a change', '{"changes":[{"op":"delete_file","path":"a","path":"b"}]}', 'duplicate_key'],
    [
      'a key from the prototype',
      '{"__proto__":{},"version":1,"base":"a","summary":"","changes":[]}',
      'unknown_key',
    ],
    ['another version', '{"version":2,"base":"a","summary":"","changes":[]}', 'unknown_version'],
    ['no base', '{"version":1,"summary":"","changes":[]}', 'invalid_change_set'],
  ])('refuses %s', (_, raw, expected) => {
    expect(code(raw)).toBe(expected);
  });

  it.each([
    ['an unknown operation', { op: 'run_shell', path: 'a' }, 'unknown_op'],
    ['no operation', { path: 'a' }, 'unknown_op'],
    ['an extra key', { op: 'delete_file', path: 'a', force: true }, 'unknown_key'],
    ["another operation's key", { op: 'delete_file', path: 'a', content: '' }, 'unknown_key'],
    ['a line number as text', { ...lines('a', 1, 1, ''), start_line: '1' }, 'invalid_change_set'],
    ['half a line', { ...lines('a', 1, 1, ''), start_line: 1.5 }, 'invalid_change_set'],
    ['line zero', lines('a', 0, 1, ''), 'invalid_change_set'],
    ['a mode that is none', create('a', '', '644'), 'invalid_change_set'],
    ['a null', { ...create('a'), mode: null }, 'invalid_change_set'],
    ['a lone surrogate', create('a', '\ud800'), 'invalid_change_set'],
    ['a path over 4,096 characters', remove('a'.repeat(4_097)), 'too_large'],
  ])('refuses a change with %s', (_, change, expected) => {
    expect(code(JSON.stringify({ ...changeSet(), changes: [change] }))).toBe(expected);
  });

  it('leaves odd paths and modes to policy', () => {
    const odd = changeSet(create('', ''), create('../x', '', '120000'));
    expect(parseChangeSet(JSON.stringify(odd))).toEqual({ ok: true, changeSet: odd });
  });

  it('holds the sizes: changes, text of one, text together, raw text', () => {
    const many = Array.from({ length: MAX_CHANGES + 1 }, () => remove('a'));
    expect(code(JSON.stringify(changeSet(...many)))).toBe('too_large');
    expect(code(JSON.stringify(changeSet(create('a', 'x'.repeat(MAX_TOTAL_TEXT)))))).toBe('ok');
    const half = 'x'.repeat(MAX_TOTAL_TEXT / 2 + 1);
    expect(code(JSON.stringify(changeSet(create('a', half), create('b', half))))).toBe('too_large');
    expect(code(' '.repeat(25_000_001))).toBe('too_large');
  });

  it('names the place and the next step', () => {
    expect(message('{"version":1,\n  "version":1}')).toBe(
      'The key "version" is given twice, at line 2, column 3.',
    );
    expect(message('{"version":1,\n"base":"a')).toContain('line 2, column 10');
    expect(message('{"version":1} {')).toContain('line 1, column 15');
    expect(message(JSON.stringify({ ...changeSet(), changes: [remove('a'), { op: 'x' }] }))).toContain(
      'changes[1].op',
    );
  });

  it('cut off anywhere, an object is refused', () => {
    const raw = JSON.stringify(whole);
    for (let length = 0; length < raw.length; length += 1) {
      expect(code(raw.slice(0, length))).toBe(length === 0 ? 'empty_output' : 'truncated_json');
    }
  });

  it('gives a value or an error for any text, and never throws', () => {
    const piece = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '\\', '{"version":1', JSON.stringify(whole)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const parsed = parseChangeSet(pieces.join(''));
        if (!parsed.ok) expect(parsed.error.hint).not.toBe('');
      }),
      { numRuns: 500 },
    );
  });
});

describe('what a model may answer', () => {
  it.skipIf(adversarial === null)(
    'S0-23: each hostile answer is refused with a code, so nothing is written',
    () => {
      const codes = Object.fromEntries(adversarial!.model_output.map(({ id, raw }) => [id, code(raw)]));
      expect(codes).toEqual({
        truncated: 'truncated_json',
        prose: 'not_json',
        'extra-keys': 'unknown_key',
        'two-objects': 'trailing_text',
        'unknown-op': 'unknown_op',
        nan: 'not_json',
        'duplicate-keys': 'duplicate_key',
        empty: 'empty_output',
        refusal: 'not_json',
      });
    },
  );
});
