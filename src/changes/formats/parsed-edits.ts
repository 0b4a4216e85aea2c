import type { ChangeError } from '../change-error.ts';
import { MAX_CHANGES } from '../change-set.ts';
import type { Edit, EditFormat, Edits } from '../edit.ts';

/** Edits as they were read, or why they can't be. */
export type ParsedEdits =
  | { readonly ok: true; readonly edits: Edits }
  | { readonly ok: false; readonly error: ChangeError };

/** The longest raw text that is looked at: as for a change set, which with every character escaped would be larger. */
export const MAX_RAW_LENGTH = 25_000_000;

/** Edits of one format; too many, or none, are an error. */
export function readEdits(format: EditFormat, edits: readonly Edit[], summary = ''): ParsedEdits {
  if (edits.length === 0)
    return refuseEdits('no_edits', 'There are no edits in this text.', 'Give at least one edit.');
  if (edits.length > MAX_CHANGES)
    return refuseEdits(
      'too_large',
      `There are ${edits.length} edits; the limit is ${MAX_CHANGES}.`,
      'Propose a smaller change.',
    );
  return { ok: true, edits: { format, base: null, summary: summary.trim().slice(0, 2_000), edits } };
}

export function refuseEdits(code: string, message: string, hint: string): ParsedEdits {
  return { ok: false, error: { code, message, hint } };
}

/** A piece of hostile text in a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
