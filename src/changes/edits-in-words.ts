import type { ChangeError } from './change-error.ts';
import type { Edits } from './edit.ts';
import { parseChangeSet } from './parse-change-set.ts';

/** Edits as they were read, or why they can't be. */
export type ParsedEdits =
  | { readonly ok: true; readonly edits: Edits }
  | { readonly ok: false; readonly error: ChangeError };

/**
 * The edits that an answer in words is, for models that cannot call tools: null when it is none, so that prose with
 * an example in it stays prose. What looks like edits and can't be read is an error, to be told to the model.
 * Apply them with `applyEdits`. Never throws.
 */
export function editsInWords(text: string): ParsedEdits | null {
  if (!text.trimStart().startsWith('{') || !text.includes('"changes"')) return null;
  const parsed = parseChangeSet(text);
  if (!parsed.ok) return parsed;
  const { base, summary, changes } = parsed.changeSet;
  return { ok: true, edits: { format: 'change-set', base, summary, edits: changes } };
}
