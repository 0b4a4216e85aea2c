import type { EditFormat } from '../edit.ts';
import { parseChangeSet } from '../parse-change-set.ts';
import { parseApplyPatch } from './apply-patch.ts';
import { MAX_RAW_LENGTH, type ParsedEdits, refuseEdits } from './parsed-edits.ts';

export type { ParsedEdits } from './parsed-edits.ts';

import { parseSearchReplace } from './search-replace.ts';
import { parseSearchReplaceBlocks } from './search-replace-blocks.ts';
import { parseUnifiedDiff } from './unified-diff.ts';

const PARSERS: Readonly<Record<EditFormat, (raw: string) => ParsedEdits>> = {
  'change-set': parseChangeSetEdits,
  'search-replace': parseSearchReplace,
  'search-replace-blocks': parseSearchReplaceBlocks,
  'unified-diff': parseUnifiedDiff,
  'apply-patch': parseApplyPatch,
};

/** Reads edits that are written in one format. Never throws; linear in the text. */
export function parseEdits(format: EditFormat, raw: string): ParsedEdits {
  if (raw.length > MAX_RAW_LENGTH)
    return refuseEdits(
      'too_large',
      `The text has ${raw.length} characters; the limit is ${MAX_RAW_LENGTH}.`,
      'Split it.',
    );
  return PARSERS[format](raw);
}

function parseChangeSetEdits(raw: string): ParsedEdits {
  const parsed = parseChangeSet(raw);
  if (!parsed.ok) return parsed;
  const { base, summary, changes } = parsed.changeSet;
  return { ok: true, edits: { format: 'change-set', base, summary, edits: changes } };
}
