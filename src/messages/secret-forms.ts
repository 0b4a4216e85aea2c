import { lettersOf } from './squeeze.ts';

/** One way in which a secret can be written, as its letters and digits alone. */
export interface Form {
  readonly codes: readonly number[];
  /** Where each of them stands in this form. */
  readonly at: readonly number[];
  readonly length: number;
  /** So many at its beginning say only whose key it is (`sk-ant-api03-`), and are no secret by themselves. */
  readonly prefix: number;
  /** Letters alone tell nothing, unless the secret is nothing else. */
  readonly lettersTell: boolean;
  /** Two pieces of it in one message count, too, however far apart they stand. */
  readonly inPieces: boolean;
}

/** Characters of a secret that are a leak. Fewer are found by chance, and are too few to guess the rest from. */
export const WINDOW = 12;
/** Of which so many must be letters or digits: nothing else is looked at. */
const LEAST_LETTERS = 8;
const LEAST_DIFFERENT = 5;
/** Letters of one case that no word is made of. */
const NO_WORD = /^(?:[a-z]{20,}|[A-Z]{20,})$/;
const PREFIX = /^[\w-]{0,13}[-_]/;
const FIRST_LETTER = 10;
const FIRST_SMALL_LETTER = 36;

/**
 * The forms that a value is looked for in: as it is, reversed, URL-encoded, in hex, and in base64 at each of its three
 * alignments. None for a value that is no secret: shorter than twelve characters, or of words only, as `development`,
 * `true` and `not-needed` are, which somebody has to write where a key is asked for.
 */
export function formsOf(value: string): readonly Form[] {
  const secret = secretIn(value);
  const lettersTell = NO_WORD.test(secret);
  const prefix = lettersOf(PREFIX.exec(secret)?.[0] ?? '').codes.length;
  const plain = form(secret, { prefix, lettersTell, inPieces: true });
  if (!isLeak(plain, 0, plain.codes.length)) return [];
  const bytes = [...new TextEncoder().encode(secret)];
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const encoded = encodeURIComponent(secret.toWellFormed());
  const others = [
    [...secret].reverse().join(''),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].map((before) => base64(bytes, before)),
    ...(encoded === secret ? [] : [encoded, encoded.replace(/%../g, (signs) => signs.toLowerCase())]),
  ];
  return [plain, ...others.map((text) => form(text, { prefix: 0, lettersTell, inPieces: false }))];
}

/** Whether so many letters and digits of a form, from the given one on, give the secret away. */
export function isLeak(form: Form, from: number, count: number): boolean {
  const end = from + count;
  // As many of the signs around as can have belonged to it.
  const first = from === 0 ? 0 : (form.at[from - 1] ?? 0) + 1;
  const behind = form.at[end] ?? form.length;
  if (behind - first < WINDOW || count < LEAST_LETTERS || end <= form.prefix) return false;
  const codes = form.codes.slice(from, end);
  if (new Set(codes).size < LEAST_DIFFERENT) return false;
  const isMixed =
    codes.some((code) => code >= FIRST_SMALL_LETTER) &&
    codes.some((code) => code >= FIRST_LETTER && code < FIRST_SMALL_LETTER);
  return form.lettersTell || isMixed || codes.some((code) => code < FIRST_LETTER);
}

function form(text: string, more: Pick<Form, 'prefix' | 'lettersTell' | 'inPieces'>): Form {
  return { ...lettersOf(text), length: text.length, ...more };
}

/**
 * What of a value is the secret: of a key file its lines without the first, which begins with what all such keys begin
 * with and goes on with the public half; of a signed token its signature; of an address its password.
 */
function secretIn(value: string): string {
  const [, body] = /-----BEGIN [^-]+-----([\s\S]+?)-----END/.exec(value.replaceAll('\\n', '\n')) ?? [];
  if (body !== undefined) {
    const lines = body.trim().split(/\s+/);
    return lines.slice(lines.length > 1 ? 1 : 0).join('');
  }
  const [, signature] = /(?:^|_)eyJ[\w-]+\.[\w-]+\.([\w-]+)$/.exec(value) ?? [];
  if (signature !== undefined) return signature;
  if (!/^[a-z][\w+.-]*:\/\//i.test(value)) return value.trim();
  const [, password = ''] = /^[^:]+:\/\/[^:/?#]*:(.+)@[^@]*$/.exec(value) ?? [];
  return decoded(password);
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

/** Without the characters at both ends that depend on what stands around it. */
function base64(bytes: readonly number[], before: number): string {
  const all = [...Array<number>(before).fill(0), ...bytes];
  const text = btoa(String.fromCharCode(...all)).replace(/=+$/, '');
  return text.slice([0, 2, 3][before], all.length % 3 === 0 ? undefined : -1);
}
