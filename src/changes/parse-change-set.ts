import type { z } from 'zod';
import type { ChangeError } from './change-error.ts';
import { type ChangeSet, changeSetSchema } from './change-set.ts';
import { jsonFlaw } from './scan-json.ts';

export type ParsedChangeSet =
  | { readonly ok: true; readonly changeSet: ChangeSet }
  | { readonly ok: false; readonly error: ChangeError };

/** The longest raw text that is looked at: the largest change set with every character escaped would be larger. */
const MAX_RAW_LENGTH = 25_000_000;

const SHAPE = 'Answer with exactly one JSON object: {"version":1,"base":"…","summary":"…","changes":[…]}.';

/**
 * Reads a change set from text that a model or a person wrote. Strict: one JSON object, every key known and given
 * once, nothing around it. Never throws.
 *
 * Codes: `empty_output`, `not_json`, `truncated_json`, `trailing_text`, `duplicate_key`, `unknown_key`,
 * `unknown_op`, `unknown_version`, `too_large`, `invalid_change_set`.
 */
export function parseChangeSet(raw: string): ParsedChangeSet {
  if (raw.length > MAX_RAW_LENGTH) {
    return refuse(
      'too_large',
      `The text has ${raw.length} characters; the limit is ${MAX_RAW_LENGTH}.`,
      'Split it.',
    );
  }
  const flaw = jsonFlaw(raw);
  const place = flaw ? placeOf(raw, flaw.at) : '';
  switch (flaw?.kind) {
    case 'empty':
      return refuse('empty_output', 'There is no text, so there is no change set.', SHAPE);
    case 'prose':
      return refuse(
        'not_json',
        `This is not a change set: at ${place} stands ${excerpt(raw, flaw.at)}.`,
        SHAPE,
      );
    case 'truncated':
      return refuse(
        'truncated_json',
        `The JSON ends in the middle, at ${place}.`,
        'Send the whole object; when it is too long for one answer, make fewer changes at a time.',
      );
    case 'trailing':
      return refuse(
        'trailing_text',
        `Behind the object, at ${place}, stands ${excerpt(raw, flaw.at)}.`,
        SHAPE,
      );
    case 'duplicate_key':
      return refuse(
        'duplicate_key',
        `The key ${flaw.key} is given twice, at ${place}.`,
        'Give each key once.',
      );
  }
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return refuse('not_json', `This is not JSON: ${shortened(detail)}.`, SHAPE);
  }
  const parsed = changeSetSchema.safeParse(value);
  return parsed.success
    ? { ok: true, changeSet: parsed.data }
    : { ok: false, error: schemaError(parsed.error) };
}

function schemaError(error: z.ZodError): ChangeError {
  const issue = error.issues[0]!;
  const where = issue.path.reduce<string>(
    (path, key) =>
      typeof key === 'number' ? `${path}[${key}]` : path ? `${path}.${String(key)}` : String(key),
    '',
  );
  const at = where || 'the object';
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => JSON.stringify(shortened(key))).join(', ');
    return {
      code: 'unknown_key',
      message: `${at} has ${keys}, which a change set does not have.`,
      hint: 'Leave out every key that the format does not name; a verdict or an approval is never taken from here.',
    };
  }
  if (issue.code === 'invalid_union') {
    return {
      code: 'unknown_op',
      message: `${at} names no operation that exists.`,
      hint: 'The operations are create_file, replace_range, replace_text, delete_file and rename_file.',
    };
  }
  if (where === 'version') {
    return { code: 'unknown_version', message: 'The version is not 1.', hint: 'Write "version": 1.' };
  }
  const tooLarge = issue.code === 'too_big' || (issue.code === 'custom' && issue.params?.tooLarge === true);
  return {
    code: tooLarge ? 'too_large' : 'invalid_change_set',
    message: `${at}: ${shortened(issue.message)}.`,
    hint: tooLarge ? 'Propose a smaller change.' : SHAPE,
  };
}

function refuse(code: string, message: string, hint: string): ParsedChangeSet {
  return { ok: false, error: { code, message, hint } };
}

function placeOf(text: string, at: number): string {
  const before = text.slice(0, at);
  return `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`;
}

function excerpt(text: string, at: number): string {
  return JSON.stringify(shortened(text.slice(at, at + 200)));
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
