const QUOTES = /[\u2018-\u201b\u2032]/g;
const DOUBLE_QUOTES = /[\u201c-\u201f\u2033]/g;
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
const SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
const PLAIN = /^[\t\x20-\x7e]*$/;

/**
 * A line, or a part of one, with what models and editors exchange unseen made equal: compatible characters (NFKC),
 * quotes, dashes, spaces. Two texts with one folded form read the same. For comparing only; never written.
 */
export function foldCharacters(text: string): string {
  if (PLAIN.test(text)) return text;
  return text
    .normalize('NFKC')
    .replace(QUOTES, "'")
    .replace(DOUBLE_QUOTES, '"')
    .replace(DASHES, '-')
    .replace(SPACES, ' ');
}

/** A whole line folded, without the spaces at its end. */
export function foldLine(line: string): string {
  return foldCharacters(line).trimEnd();
}

/** White space at the start of a line. */
export function indentOf(line: string): string {
  return line.slice(0, line.length - line.trimStart().length);
}

/**
 * A folded line with no spacing but where words would grow together: `f( a, b )` and `f(a,b)` are one, `a b` and
 * `ab` are not.
 */
export function withoutSpacing(line: string): string {
  const words = foldLine(line).trim().split(/\s+/);
  return words.reduce((text, word) => joined(text, word), '');
}

/** Two pieces of text without spacing, one behind the other. */
export function joined(text: string, next: string): string {
  return isWord(text.at(-1) ?? '') && isWord(next[0] ?? '') ? `${text} ${next}` : text + next;
}

/** A character that words are made of, as programs take it. */
export function isWord(character: string): boolean {
  return /^\w$/.test(character);
}
