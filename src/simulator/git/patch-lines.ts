import { git } from './run.ts';

/** One line of a patch, with its number on each side that has it. */
interface PatchLine {
  readonly text: string;
  readonly hunk: number;
  /** GitHub's `position`: lines below the first `@@`, later `@@` lines counted. */
  readonly position: number;
  readonly left: number | null;
  readonly right: number | null;
}

export type Side = 'LEFT' | 'RIGHT';

export interface Anchor {
  readonly position: number;
  /** The hunk from its `@@` line down to the line itself. */
  readonly diffHunk: string;
}

/** Where a line (or the range that ends in it) stands in a patch; null when the patch does not show it. */
export function anchorIn(
  patch: string,
  at: { line: number; side: Side; startLine: number | null; startSide: Side | null },
): Anchor | null {
  const lines = readPatch(patch);
  const end = lines.find((candidate) => numberOn(candidate, at.side) === at.line);
  if (end === undefined) return null;
  if (at.startLine !== null) {
    const start = lines.find((candidate) => numberOn(candidate, at.startSide ?? at.side) === at.startLine);
    if (start === undefined || start.hunk !== end.hunk || start.position > end.position) return null;
  }
  const shown = lines.filter(({ hunk, position }) => hunk === end.hunk && position <= end.position);
  return { position: end.position, diffHunk: shown.map(({ text }) => text).join('\n') };
}

/** A hunk's own `@@` line belongs to no side. */
function numberOn(line: PatchLine, side: Side): number | null {
  return side === 'LEFT' ? line.left : line.right;
}

function readPatch(patch: string): PatchLine[] {
  const lines: PatchLine[] = [];
  let hunk = 0;
  let left = 0;
  let right = 0;
  for (const [position, text] of patch.split('\n').entries()) {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header !== null) {
      hunk += 1;
      left = Number(header[1]);
      right = Number(header[2]);
      lines.push({ text, hunk, position, left: null, right: null });
    } else if (text.startsWith('+')) lines.push({ text, hunk, position, left: null, right: right++ });
    else if (text.startsWith('-')) lines.push({ text, hunk, position, left: left++, right: null });
    else if (!text.startsWith('\\')) lines.push({ text, hunk, position, left: left++, right: right++ });
  }
  return lines;
}

/** Which number a file's line has in a later commit; null once it was changed or the file is gone. */
export async function lineLater(
  directory: string,
  from: string,
  to: string,
  path: string,
  line: number,
): Promise<number | null> {
  const output = await git(
    directory,
    ['diff-tree', '-r', '-p', '-U0', '--no-renames', from, to, '--', path],
    {
      env: { GIT_LITERAL_PATHSPECS: '1' },
    },
  );
  let shift = 0;
  for (const [, oldStart, oldCount = '1', , newCount = '1'] of output
    .toString()
    .matchAll(/^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/gm)) {
    const start = Number(oldStart);
    const removed = Number(oldCount);
    if (removed > 0 && line >= start && line < start + removed) return null;
    if (start + (removed === 0 ? 1 : 0) > line) break;
    shift += Number(newCount) - removed;
  }
  return line + shift;
}
