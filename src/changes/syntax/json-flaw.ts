const BLANK = /[ \t\r\n]+/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const PLAIN = /[ !#-[\]-\uffff]+/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' | 'end';

const WORDS: Readonly<Record<Expected, string>> = {
  value: 'a value is expected here',
  'first value': 'a value or ] is expected here',
  key: 'a key in double quotes is expected here',
  'first key': 'a key in double quotes or } is expected here',
  colon: 'a colon is expected here',
  comma: 'a comma or the closing bracket is expected here',
  end: 'nothing more is expected here',
};

/**
 * The first place at which a text stops being JSON. `JSON.parse` tells no place for some of its errors, and knows no
 * comments. `lenient` allows comments, and a comma before a closing bracket. Linear in the length of the text, and
 * without recursion, so that no nesting is too deep.
 */
export function firstJsonFlaw(text: string, lenient: boolean): { at: number; words: string } | null {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;

  const past = (token: RegExp): boolean => {
    token.lastIndex = at;
    if (!token.test(text)) return false;
    at = token.lastIndex;
    return true;
  };
  /** Goes behind the string that opens here; false: it is flawed where `at` stands. */
  function pastString(): boolean {
    at += 1;
    while (past(PLAIN) || past(ESCAPE));
    if (text[at] !== '"') return false;
    at += 1;
    return true;
  }
  const afterValue = (): Expected => (open.length === 0 ? 'end' : 'comma');

  for (;;) {
    while (past(BLANK) || (lenient && past(COMMENT)));
    if (at >= text.length)
      return expected === 'end' ? null : { at, words: `the text ends, and ${WORDS[expected]}` };
    const flaw = { at, words: WORDS[expected] };
    const character = text[at];
    const inObject = open.at(-1) === '{';
    const closes = character === (inObject ? '}' : ']') && open.length > 0;
    const mayClose =
      expected === 'comma' || expected.startsWith('first') || (lenient && isAfterComma(expected));

    if (closes && mayClose) {
      open.pop();
      at += 1;
      expected = afterValue();
    } else if (expected === 'comma' || expected === 'colon') {
      if (character !== (expected === 'comma' ? ',' : ':')) return flaw;
      at += 1;
      expected = expected === 'comma' && inObject ? 'key' : 'value';
    } else if (expected === 'end') {
      return flaw;
    } else if (character === '"') {
      if (!pastString()) return { at, words: 'a string is not closed, or holds what must be escaped' };
      expected = expected.endsWith('key') ? 'colon' : afterValue();
    } else if (expected.endsWith('key')) {
      return flaw;
    } else if (character === '{' || character === '[') {
      open.push(character);
      at += 1;
      expected = character === '{' ? 'first key' : 'first value';
    } else if (past(SCALAR)) {
      expected = afterValue();
    } else {
      return flaw;
    }
  }

  function isAfterComma(state: Expected): boolean {
    return state === 'key' || (state === 'value' && open.at(-1) === '[');
  }
}
