import type { ChangeError } from './change-error.ts';

/** The largest file that is read or written as text, in bytes: 1 MiB, above any source file a person reviews. */
export const MAX_TEXT_BYTES = 1_048_576;

export type DecodedText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: ChangeError };

/**
 * A file's bytes as text, exactly: byte order mark and line ends stay, so encoding the text again gives the bytes.
 * Errors: `file_too_large` over `MAX_TEXT_BYTES`; `not_text` for a NUL byte or anything that is not UTF-8.
 */
export function decodeText(path: string, bytes: Uint8Array): DecodedText {
  if (bytes.byteLength > MAX_TEXT_BYTES) return { ok: false, error: tooLarge(path, bytes.byteLength) };
  if (bytes.includes(0)) return { ok: false, error: notText(path, 'is binary') };
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { ok: false, error: notText(path, 'is not UTF-8 text') };
  }
}

/** Null when `text` can be stored as a text file, else the error that `decodeText` would give for its bytes. */
export function textProblem(path: string, text: string): ChangeError | null {
  // No text has fewer bytes than code units, so a long one is refused before it is encoded.
  const bytes = text.length > MAX_TEXT_BYTES ? text.length : new TextEncoder().encode(text).byteLength;
  if (bytes > MAX_TEXT_BYTES) return tooLarge(path, bytes);
  if (text.includes('\0')) return notText(path, 'would be binary: it holds a NUL character');
  return text.isWellFormed() ? null : notText(path, 'would not be UTF-8 text: it holds a lone surrogate');
}

function notText(path: string, what: string): ChangeError {
  return {
    code: 'not_text',
    message: `${path} ${what}.`,
    hint: 'Only UTF-8 text files can be edited; a person has to change this one.',
  };
}

function tooLarge(path: string, bytes: number): ChangeError {
  return {
    code: 'file_too_large',
    message: `${path} has ${bytes} bytes or more; the limit is ${MAX_TEXT_BYTES}.`,
    hint: 'Leave this file to a person, or split it first.',
  };
}
