/** What is wrong with a text that should be one JSON object, found without parsing it; `at` is an offset. */
export interface JsonFlaw {
  readonly kind: 'empty' | 'prose' | 'truncated' | 'trailing' | 'duplicate_key';
  readonly at: number;
  /** The key that is there twice, as written. */
  readonly key?: string;
}

const SPACE = new Set([' ', '\t', '\r', '\n']);

/**
 * Looks for what `JSON.parse` cannot name or does not see: a text cut off, a second value behind the first, and a
 * key given twice, of which `JSON.parse` silently keeps the last. Null when none is found; the text may still not
 * be JSON. Linear in the length of the text.
 */
export function jsonFlaw(text: string): JsonFlaw | null {
  const start = skipSpace(text, 0);
  if (start === text.length) return { kind: 'empty', at: start };
  if (text[start] !== '{') return { kind: 'prose', at: start };

  // One entry for each open bracket: the keys seen in an object, null in an array.
  const open: (Set<string> | null)[] = [];
  let keyExpected = false;
  let at = start;
  while (at < text.length) {
    const character = text[at]!;
    if (character === '"') {
      const end = endOfString(text, at);
      if (end === null) return { kind: 'truncated', at: text.length };
      const keys = open.at(-1);
      if (keyExpected && keys) {
        const key = text.slice(at, end);
        const name = unescaped(key);
        if (keys.has(name)) return { kind: 'duplicate_key', at, key };
        keys.add(name);
        keyExpected = false;
      }
      at = end;
      continue;
    }
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') {
      open.pop();
      if (open.length === 0) return trailing(text, at + 1);
    }
    if (character === '{' || character === ',') keyExpected = true;
    else if (!SPACE.has(character)) keyExpected = false;
    at += 1;
  }
  return { kind: 'truncated', at: text.length };
}

function trailing(text: string, from: number): JsonFlaw | null {
  const at = skipSpace(text, from);
  return at === text.length ? null : { kind: 'trailing', at };
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && SPACE.has(text[at]!)) at += 1;
  return at;
}

/** The offset behind the string literal that opens at `at`; null when it never closes. A loop: a pattern overflows. */
function endOfString(text: string, at: number): number | null {
  for (let index = at + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index + 1;
  }
  return null;
}

function unescaped(literal: string): string {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
}
