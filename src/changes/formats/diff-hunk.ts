import type { Hunk, HunkLine } from '../edit.ts';

const NUMBERS = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** A hunk of a diff, and the index of the line behind it; or a code of what is wrong with it. */
export type ReadHunk = { readonly hunk: Hunk; readonly next: number } | 'hunk_count_wrong' | 'bad_hunk_line';

/** Whether a file header starts at a line: two names, one below the other. */
export function isFileHeader(lines: readonly string[], at: number): boolean {
  return (lines[at]?.startsWith('--- ') ?? false) && (lines[at + 1]?.startsWith('+++ ') ?? false);
}

/**
 * Reads the hunk whose `@@` line stands at `at`. With numbers, exactly as many lines as they tell: a hunk that was cut
 * off is not half applied. Without, up to what can't be a line of it.
 */
export function readHunk(lines: readonly string[], at: number): ReadHunk {
  const numbers = NUMBERS.exec(lines[at] ?? '');
  return numbers ? counted(lines, at + 1, numbers) : uncounted(lines, at + 1);
}

function counted(
  lines: readonly string[],
  from: number,
  [, start, oldCount, newCount]: RegExpExecArray,
): ReadHunk {
  let [oldLeft, newLeft] = [Number(oldCount ?? 1), Number(newCount ?? 1)];
  const read: HunkLine[] = [];
  let at = from;
  while (oldLeft > 0 || newLeft > 0 || lines[at]?.startsWith('\\')) {
    const line = at < lines.length - 1 || lines[at] !== '' ? lineOf(lines[at] ?? null) : null;
    if (line === null) return 'hunk_count_wrong';
    at += 1;
    if (line === 'bare') markBare(read);
    else {
      if (line.sign !== '+') oldLeft -= 1;
      if (line.sign !== '-') newLeft -= 1;
      read.push(line);
    }
  }
  // What goes on like a hunk behind its last line was not counted; "-- " is the end of a mail from git.
  const next = lines[at] ?? '';
  const goesOn = /^[ +-]/.test(next) && !isFileHeader(lines, at) && next.trimEnd() !== '--';
  if (oldLeft < 0 || newLeft < 0 || goesOn) return 'hunk_count_wrong';
  return { hunk: { lines: read, line: Number(start), anchors: [], atEnd: false }, next: at };
}

function uncounted(lines: readonly string[], from: number): ReadHunk {
  const read: HunkLine[] = [];
  let at = from;
  for (
    ;
    at < lines.length && !/^(?:@@|diff --git |\s*```)/.test(lines[at]!) && !isFileHeader(lines, at);
    at += 1
  ) {
    const line = lineOf(lines[at]!);
    if (line === null) return 'bad_hunk_line';
    if (line === 'bare') markBare(read);
    else read.push(line);
  }
  return {
    hunk: { lines: withoutBlankTail(read, lines, at), line: null, anchors: [], atEnd: false },
    next: at,
  };
}

/** Blank lines without a sign, behind the last one that has it, only space the hunk from what follows. */
function withoutBlankTail(
  read: readonly HunkLine[],
  lines: readonly string[],
  end: number,
): readonly HunkLine[] {
  let blank = 0;
  while (
    blank < read.length &&
    lines[end - 1 - blank]?.trim() === '' &&
    !/^[ +-]/.test(lines[end - 1 - blank]!)
  )
    blank += 1;
  return read.slice(0, read.length - blank);
}

/** A line of a hunk; null when it has no sign. An empty one is a blank line of context that lost its sign. */
export function lineOf(line: string | null): HunkLine | 'bare' | null {
  if (line === null) return null;
  if (line === '' || line === '\r') return { sign: ' ', text: line };
  const [sign, text] = [line[0], line.slice(1)];
  if (sign === ' ' || sign === '-' || sign === '+') return { sign, text };
  return sign === '\\' ? 'bare' : null;
}

function markBare(read: HunkLine[]): void {
  const last = read.pop();
  if (last) read.push({ ...last, bare: true });
}
