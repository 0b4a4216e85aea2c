import { MAX_CHANGES } from '../change-set.ts';
import type { Edit, Hunk, HunkLine } from '../edit.ts';
import { lineOf } from './diff-hunk.ts';
import { type ParsedEdits, quoted, readEdits, refuseEdits } from './parsed-edits.ts';

const SHAPE =
  'Write *** Begin Patch, then *** Add File:, *** Update File: or *** Delete File: sections, then *** End Patch.';
/** Of lines without the spaces around them. */
const HEADER = /^\*\*\* (Add|Update|Delete) File: (.+)$/;
const MOVE = /^\*\*\* Move to: (.+)$/;

type Parsed<T> = T | { readonly problem: string };

/**
 * Reads the patch envelope of codex and of OpenAI's apply_patch tool (V4A). A file that is added or moved does not
 * replace another. A patch without its end is one that was cut off, and is refused: `patch_unclosed`.
 */
export function parseApplyPatch(raw: string): ParsedEdits {
  const lines = raw.split(/\r?\n/);
  const begin = lines.findIndex((line) => line.trim() === '*** Begin Patch');
  const end = lines.findIndex((line, index) => index > begin && line.trim() === '*** End Patch');
  if (begin < 0) return refuseEdits('no_edits', 'There is no *** Begin Patch in this text.', SHAPE);
  if (end < 0)
    return refuseEdits('patch_unclosed', 'The patch has no *** End Patch: the text may be cut off.', SHAPE);
  const body = lines.slice(begin + 1, end);
  const edits: Edit[] = [];
  for (let at = 0; at < body.length && edits.length <= MAX_CHANGES; ) {
    if (body[at]!.trim() === '' && edits.length === 0) {
      at += 1;
      continue;
    }
    const header = HEADER.exec(body[at]!.trim());
    if (!header) return refuseEdits('bad_patch_line', `${quoted(body[at]!)} is no line of a patch.`, SHAPE);
    const next = nextHeader(body, at + 1);
    const made = editsOf(header[1]!, header[2]!, body.slice(at + 1, next));
    if ('problem' in made) return refuseEdits('bad_patch_line', made.problem, SHAPE);
    edits.push(...made);
    at = next;
  }
  return readEdits('apply-patch', edits, lines.slice(0, begin).join('\n'));
}

/** Inside a section a header starts its line; only the first one may stand indented. */
function nextHeader(body: readonly string[], from: number): number {
  let next = from;
  while (next < body.length && !(body[next]!.startsWith('***') && HEADER.test(body[next]!.trim()))) next += 1;
  return next;
}

function editsOf(kind: string, path: string, lines: readonly string[]): Parsed<Edit[]> {
  if (kind === 'Delete') {
    const rest = lines.find((line) => line.trim() !== '');
    return rest === undefined
      ? [{ op: 'delete_file', path }]
      : { problem: `${quoted(rest)} stands below a deletion.` };
  }
  if (kind === 'Add') {
    const added = withoutBlankTail(lines);
    const odd = added.find((line) => !line.startsWith('+'));
    if (odd !== undefined) return { problem: `${quoted(odd)} is no line of a new file: it has no +.` };
    return [{ op: 'create_file', path, content: added.map((line) => `${line.slice(1)}\n`).join('') }];
  }
  const to = MOVE.exec((lines[0] ?? '').trimEnd())?.[1];
  const hunks = hunksOf(withoutBlankTail(to === undefined ? lines : lines.slice(1)));
  if ('problem' in hunks) return hunks;
  if (hunks.length === 0 && to === undefined)
    return { problem: `The update of ${quoted(path)} has no hunk.` };
  const update: Edit[] = hunks.length === 0 ? [] : [{ op: 'patch_file', path, by: 'order', hunks }];
  return to === undefined ? update : [...update, { op: 'rename_file', path, to }];
}

/** Reads the hunks of one file; each starts with `@@` lines, which may name lines above it. */
export function hunksOf(lines: readonly string[]): Parsed<Hunk[]> {
  const hunks: Hunk[] = [];
  let anchors: string[] = [];
  let read: HunkLine[] = [];
  const close = (atEnd: boolean) => {
    if (read.length > 0) hunks.push({ lines: read, line: null, anchors, atEnd });
    if (read.length > 0) anchors = [];
    read = [];
  };
  for (const line of lines) {
    if (line.startsWith('@@')) {
      close(false);
      const anchor = anchorOf(line);
      if (anchor !== null) anchors.push(anchor);
    } else if (line.trimEnd() === '*** End of File') close(true);
    else {
      const part = lineOf(line);
      if (part === null || part === 'bare') return { problem: `${quoted(line)} is no line of a hunk.` };
      read.push(part);
    }
  }
  close(false);
  return anchors.length === 0
    ? hunks
    : { problem: `No lines stand below the anchor ${quoted(anchors[0] ?? '')}.` };
}

/** The line that `@@` names; null for a bare one and for line numbers, which no one counts right here. */
function anchorOf(line: string): string | null {
  const anchor = line.replace(/^@@ ?/, '').replace(/ ?@@\s*$/, '');
  return anchor.trim() === '' || /^-\d+(?:,\d+)? \+\d+/.test(anchor) ? null : anchor;
}

function withoutBlankTail(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1);
}
