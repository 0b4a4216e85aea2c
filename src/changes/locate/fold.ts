const QUOTES = /[\u2018-\u201b\u2032]/g;
const DOUBLE_QUOTES = /[\u201c-\u201f\u2033]/g;
const DASHES = /[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/g;
const SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
const WORD = /^[\p{L}\p{M}\p{N}_$]$/u;
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
export function withoutSpacing(folded: string): string {
  const bare = folded.trim();
  if (!/\s/.test(bare)) return bare;
  const words = bare.split(/\s+/);
  return words.map((word, at) => (growTogether(words[at - 1] ?? '', word) ? ` ${word}` : word)).join('');
}

/** Folded lines as one text without any white space. */
export const withoutWhiteSpace = (folded: readonly string[]) => folded.join('').replace(/\s+/g, '');

/** Whether two pieces of text, one behind the other, would make one word of two. */
export function growTogether(text: string, next: string): boolean {
  return isWord(text.at(-1) ?? '') && isWord(next[0] ?? '');
}

/** A character that names are made of, in any script; `$` is one in many languages. */
export function isWord(character: string): boolean {
  return WORD.test(character);
}
