import { formatPatch, type StructuredPatch } from 'diff';
import type { FileChange } from './file-change.ts';
import { type LineRun, lineDiff, MAX_EDIT_LENGTH } from './line-diff.ts';

/** Lines of context around each change, as git shows. */
const CONTEXT = 3;
/** Steps that all comparisons of one change set may take together: about half a second. */
const TOTAL_STEPS = 4_000_000;

/**
 * One file's change as git writes it: `diff --git` header, mode and rename lines, hunks with three lines of context.
 * `git apply` takes it. A deleted file that is not text has a header and no hunks.
 */
export function unifiedDiff(file: FileChange): string {
  const patch: StructuredPatch = {
    isGit: true,
    oldFileName: file.op === 'create' ? '/dev/null' : `a/${file.from ?? file.path}`,
    newFileName: file.op === 'delete' ? '/dev/null' : `b/${file.path}`,
    oldHeader: undefined,
    newHeader: undefined,
    hunks: hunksOf(lineDiff(file.before ?? '', file.after ?? '')),
  };
  if (file.op === 'create') patch.isCreate = true;
  if (file.op === 'delete') patch.isDelete = true;
  if (file.op === 'rename') patch.isRename = true;
  const modeTold = file.op === 'create' || file.op === 'delete' || file.modeBefore !== file.mode;
  if (modeTold && file.modeBefore) patch.oldMode = file.modeBefore;
  if (modeTold && file.mode) patch.newMode = file.mode;
  return formatPatch(patch);
}

/**
 * Lines that a change adds and removes. Exact up to a thousand differing lines a file and two thousand in all;
 * beyond that it may tell of more than the smallest difference, never of fewer, so a limit cannot be slipped under.
 */
export function countLines(files: readonly FileChange[]): { added: number; removed: number } {
  const total = { added: 0, removed: 0 };
  let steps = TOTAL_STEPS;
  for (const file of files) {
    const maxEditLength = Math.min(MAX_EDIT_LENGTH, Math.floor(Math.sqrt(steps)));
    let [added, removed] = [0, 0];
    for (const run of lineDiff(file.before ?? '', file.after ?? '', maxEditLength)) {
      if (run.added) added += run.value.length;
      if (run.removed) removed += run.value.length;
    }
    total.added += added;
    total.removed += removed;
    // A file that is only added or only removed is counted without a search.
    if (added > 0 && removed > 0) steps -= Math.min(added + removed, maxEditLength) ** 2;
  }
  return total;
}

function hunksOf(runs: readonly LineRun[]): StructuredPatch['hunks'] {
  const lines = runs.flatMap((run) => {
    const sign = run.added ? '+' : run.removed ? '-' : ' ';
    return run.value.map((line) => ({ sign, line }));
  });
  const changed = lines.flatMap(({ sign }, index) => (sign === ' ' ? [] : [index]));
  const spans: { from: number; to: number }[] = [];
  for (const index of changed) {
    const last = spans.at(-1);
    const to = Math.min(index + CONTEXT + 1, lines.length);
    if (last && index - CONTEXT <= last.to) last.to = to;
    else spans.push({ from: Math.max(index - CONTEXT, 0), to });
  }

  let [oldLine, newLine, at] = [1, 1, 0];
  return spans.map(({ from, to }) => {
    // Between two hunks stand only shared lines.
    oldLine += from - at;
    newLine += from - at;
    at = to;
    const shown = lines.slice(from, to);
    const hunk = {
      oldStart: oldLine,
      oldLines: shown.filter(({ sign }) => sign !== '+').length,
      newStart: newLine,
      newLines: shown.filter(({ sign }) => sign !== '-').length,
      lines: shown.flatMap(({ sign, line }) => {
        return line.endsWith('\n')
          ? [sign + line.slice(0, -1)]
          : [sign + line, '\\ No newline at end of file'];
      }),
    };
    oldLine += hunk.oldLines;
    newLine += hunk.newLines;
    return hunk;
  });
}
