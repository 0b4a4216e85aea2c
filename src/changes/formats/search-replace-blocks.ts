import { MAX_CHANGES } from '../change-set.ts';
import type { SearchReplace } from '../edit.ts';
import { type ParsedEdits, quoted, readEdits, refuseEdits } from './parsed-edits.ts';

const SEARCH = /^<{7} SEARCH>?\s*$/;
const MIDDLE = /^={7}\s*$/;
const REPLACE = /^>{7} REPLACE\s*$/;
const FENCE = /^\s*(?:`{3,}|~{3,})/;

const SHAPE =
  'Write the file name, then <<<<<<< SEARCH, the old lines, =======, the new lines, >>>>>>> REPLACE.';

/**
 * Reads search/replace blocks as models write them: a file name on the line above a block or above its fence, or the
 * file of the block before. The lines may begin with `:start_line:`, and be numbered (`12 | text`), as Roo's do.
 * A block whose text holds markers has two readings, and is refused.
 */
export function parseSearchReplaceBlocks(raw: string): ParsedEdits {
  const lines = raw.split(/\r?\n/);
  const edits: SearchReplace[] = [];
  const named = new Set<string>();
  let path: string | null = null;
  let at = 0;
  while (at < lines.length && edits.length <= MAX_CHANGES) {
    if (!SEARCH.test(lines[at]!)) {
      at += 1;
      continue;
    }
    const block = blockAt(lines, at);
    if (typeof block === 'string') return refuseEdits(block, PROBLEMS[block], SHAPE);
    path = fileNameAbove(lines, at) ?? path;
    if (path === null) return refuseEdits('no_path', `The block at line ${at + 1} names no file.`, SHAPE);
    const edit = editOf(path, block);
    // A sentence that looks like a path leads to no file, unless the edit makes one.
    if (edit.search === '' && /\s/.test(path))
      return refuseEdits('no_path', `${quoted(path)} is no name for a new file.`, SHAPE);
    // A line number counts in the file as it was; a block before may have moved it.
    edits.push(named.has(path) ? withoutLine(edit) : edit);
    named.add(path);
    at = block.end + 1;
  }
  return readEdits('search-replace-blocks', edits, proseAbove(lines));
}

const PROBLEMS = {
  block_unclosed: 'A block has no end: the text may be cut off.',
  markers_in_text: 'A block holds the markers of blocks in its text, so where it is split can’t be told.',
} as const;

interface Block {
  readonly old: readonly string[];
  readonly now: readonly string[];
  readonly end: number;
}

function blockAt(lines: readonly string[], at: number): Block | keyof typeof PROBLEMS {
  let end = at + 1;
  while (end < lines.length && !REPLACE.test(lines[end]!) && !SEARCH.test(lines[end]!)) end += 1;
  if (!REPLACE.test(lines[end] ?? '')) return 'block_unclosed';
  const inside = lines.slice(at + 1, end);
  const middle = inside.findIndex((line) => MIDDLE.test(line));
  if (middle < 0) return 'block_unclosed';
  if (inside.findLastIndex((line) => MIDDLE.test(line)) !== middle) return 'markers_in_text';
  return { old: inside.slice(0, middle), now: inside.slice(middle + 1), end };
}

function editOf(path: string, { old, now }: Block): SearchReplace {
  const told = /^:start_line:\s*(\d+)\s*$/.exec(old[0] ?? '');
  const body = told ? old.slice(headLength(old)) : old;
  const line = told ? Number(told[1]) : undefined;
  const edit = {
    op: 'search_replace' as const,
    path,
    search: asText(body),
    replace: asText(now),
    wholeLines: true,
    line,
  };
  const first = numberOf(body[0] ?? '');
  if (first === null || !body.every((each, index) => numberOf(each) === first + index)) return edit;
  const bare = now.every((each) => numberOf(each) !== null) ? now.map(withoutNumber) : now;
  const unnumbered = {
    search: asText(body.map(withoutNumber)),
    replace: asText(bare),
    line: line ?? first,
  };
  return { ...edit, unnumbered };
}

function withoutLine({ unnumbered, ...edit }: SearchReplace): SearchReplace {
  const placeless = { ...edit, line: undefined };
  return unnumbered ? { ...placeless, unnumbered: { ...unnumbered, line: undefined } } : placeless;
}

function headLength(old: readonly string[]): number {
  const end = old.findIndex((line) => !/^:(?:start|end)_line:/.test(line));
  return end >= 0 && /^-{7}\s*$/.test(old[end]!) ? end + 1 : end;
}

function numberOf(line: string): number | null {
  const number = /^ *(\d+) \|/.exec(line);
  return number ? Number(number[1]) : null;
}

function withoutNumber(line: string): string {
  return line.slice(/^ *\d+ \| ?/.exec(line)?.[0].length ?? 0);
}

function asText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** What is said above the first block: without its fence and its file name. */
function proseAbove(lines: readonly string[]): string {
  const first = lines.findIndex((line) => SEARCH.test(line));
  return lines
    .slice(0, first)
    .join('\n')
    .split(/\n\s*\n/)
    .slice(0, -1)
    .join('\n\n');
}

/** The name on the line above, or above one or two fences; null when there is none that can be a path. */
function fileNameAbove(lines: readonly string[], at: number): string | null {
  for (let above = at - 1; above >= Math.max(0, at - 3); above -= 1) {
    const line = lines[above]!;
    if (FENCE.test(line)) continue;
    const name = bareName(line);
    // A sentence is no file name; a name with spaces has a folder or an extension.
    const isName = name !== '' && (!/\s/.test(name) || /[/.][\w-]+$/.test(name));
    return isName ? name : null;
  }
  return null;
}

/** A line without the marks that surround a name. A loop, since a pattern for its end is quadratic on a line full of them. */
function bareName(line: string): string {
  let end = line.length;
  while (end > 0 && /[*`:\s]/.test(line[end - 1]!)) end -= 1;
  return line.slice(0, end).replace(/^[#*`\s]+/, '');
}
