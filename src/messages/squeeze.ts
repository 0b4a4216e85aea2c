/**
 * Texts as a secret is looked for in them: letters and digits alone, all in a row. Whatever else stands between two
 * characters (white space, Markdown, quotation marks of mail, characters that nobody sees, also where the way out has
 * written those out) does not keep a secret from being seen.
 */
export interface Squeezed {
  /** Each letter or digit as 0 to 61. */
  readonly codes: Uint8Array;
  /** For each of them: which text it stands in, and from where to where in that. */
  readonly text: Uint32Array;
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly length: number;
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const NONE = 255;
const CODES = new Uint8Array(128).fill(NONE);
for (const [code, character] of [...ALPHABET].entries()) CODES[character.charCodeAt(0)] = code;

/** How `withoutInvisible` writes out what nobody sees, and how HTML writes any character. */
const WRITTEN_OUT = /\[U\+([0-9A-F]{4,6})\]/y;
const ENTITY = /&(?:amp;)?(?:#(\d{1,7})|#x([0-9a-f]{1,6})|amp|lt|gt|quot|nbsp|shy|zwj|zwnj);/iy;
const UNSEEN = /^\p{Default_Ignorable_Code_Point}$/u;
const AMPERSAND = 38;
const BRACKET = 91;

/** The code of a character; `NONE` for what is neither an ASCII letter nor a digit. */
const codeOf = (point: number) => CODES[point] ?? NONE;

/** The letters and digits of a text, and where they stand in it. */
export function lettersOf(text: string): { readonly codes: number[]; readonly at: number[] } {
  const codes: number[] = [];
  const at: number[] = [];
  for (let index = 0; index < text.length; index++) {
    const code = codeOf(text.charCodeAt(index));
    if (code === NONE) continue;
    codes.push(code);
    at.push(index);
  }
  return { codes, at };
}

export function squeeze(texts: readonly string[]): Squeezed {
  const most = texts.reduce((sum, text) => sum + text.length, 0);
  const [codes, text] = [new Uint8Array(most), new Uint32Array(most)];
  const [from, to] = [new Uint32Array(most), new Uint32Array(most)];
  let length = 0;
  for (const [number, each] of texts.entries()) {
    for (let index = 0; index < each.length; ) {
      const character = each.charCodeAt(index);
      let code = codeOf(character);
      let end = index + 1;
      if (character === AMPERSAND || character === BRACKET) {
        const written = character === AMPERSAND ? entityAt(each, index) : writtenOutAt(each, index);
        if (written !== null) ({ code, end } = written);
      }
      if (code !== NONE) {
        codes[length] = code;
        text[length] = number;
        from[length] = index;
        to[length] = end;
        length += 1;
      }
      index = end;
    }
  }
  return { codes, text, from, to, length };
}

interface Written {
  readonly code: number;
  readonly end: number;
}

/** A character that HTML spells out counts as that character. */
function entityAt(text: string, index: number): Written | null {
  ENTITY.lastIndex = index;
  const found = ENTITY.exec(text);
  if (found === null) return null;
  const [whole, decimal, hex] = found;
  const point = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : 0;
  return { code: codeOf(point), end: index + whole.length };
}

/** Only what really is unseen is passed over: a secret could be written in this form, too. */
function writtenOutAt(text: string, index: number): Written | null {
  WRITTEN_OUT.lastIndex = index;
  const found = WRITTEN_OUT.exec(text);
  const point = Number.parseInt(found?.[1] ?? '', 16);
  if (found === null || point > 0x10ffff || !UNSEEN.test(String.fromCodePoint(point))) return null;
  return { code: NONE, end: index + found[0].length };
}
