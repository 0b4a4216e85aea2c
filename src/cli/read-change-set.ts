import { readFile } from 'node:fs/promises';
import type { ChangeError } from '../changes/change-error.ts';
import { type ParsedChangeSet, parseChangeSet } from '../changes/parse-change-set.ts';

/** Reads a change set from a file; a file that can't be read as UTF-8 text is an error value like any other. */
export async function readChangeSet(path: string): Promise<ParsedChangeSet> {
  const text = await readTextFile(path);
  return typeof text === 'string' ? parseChangeSet(text) : { ok: false, error: text };
}

/** The text of a file, or why there is none (`unreadable_file`). */
export async function readTextFile(path: string): Promise<string | ChangeError> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(path));
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      code: 'unreadable_file',
      message: `${path} can't be read as text: ${detail}.`,
      hint: 'Name a file that exists and is UTF-8.',
    };
  }
}
