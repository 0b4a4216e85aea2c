import { z } from 'zod';
import { MAX_PATH_LENGTH } from '../change-set.ts';
import { jsonFlaw } from '../scan-json.ts';
import { type ParsedEdits, readEdits, refuseEdits } from './parsed-edits.ts';

const SHAPE = 'Give a JSON list: [{"path":"…","search":"…","replace":"…","all":false}].';

const text = z
  .string()
  .refine((value) => value.isWellFormed(), 'holds a lone surrogate, which no file can store');
const list = z.array(
  z.strictObject({
    path: z.string().max(MAX_PATH_LENGTH),
    search: text,
    replace: text,
    all: z.boolean().optional(),
  }),
);

/** Reads a JSON list of texts to look for and what to put there. Strict: every key known, and given once. */
export function parseSearchReplace(raw: string): ParsedEdits {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return refuseEdits('not_json', 'This is not JSON.', SHAPE);
  }
  // JSON.parse keeps the last of two keys and says nothing.
  const flaw = jsonFlaw(`{"edits":${raw}}`);
  if (flaw?.kind === 'duplicate_key')
    return refuseEdits('duplicate_key', `The key ${flaw.key} is given twice.`, 'Give each key once.');
  const parsed = list.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return refuseEdits('invalid_edits', `${issue.path.join('.') || 'The list'}: ${issue.message}.`, SHAPE);
  }
  return readEdits(
    'search-replace',
    parsed.data.map((edit) => ({ op: 'search_replace', ...edit })),
  );
}
