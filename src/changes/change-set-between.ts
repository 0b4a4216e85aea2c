import type { Change, ChangeSet } from './change-set.ts';
import { editText } from './edited-text.ts';
import type { FileChange } from './file-change.ts';
import { lineDiff } from './line-diff.ts';

type RangeEdit = Extract<Change, { op: 'replace_range' }>;

/**
 * The change set that makes `files` of their base: deletions first, then renames, new files, and edits. An edit is a
 * `replace_range` for each differing stretch, with the old lines as `expect`; what no range can say (another mode,
 * other line ends, a byte order mark, a final line end that comes or goes) rewrites the file: deleted, and created
 * with its mode, as do renames of which each would need the other to be made first. Applied to the
 * base it gives the same texts again. A file whose `after` is null and that is not deleted is
 * left out, since there is no text to write.
 */
export function changeSetBetween(base: string, summary: string, files: readonly FileChange[]): ChangeSet {
  const { inOrder, blocked: moved } = renamesOf(files);
  const others = files.filter((file) => !moved.includes(file));

  const deleted = [
    ...others.filter(({ op }) => op === 'delete').map(({ path }) => path),
    ...moved.flatMap(({ from }) => from ?? []),
  ].map<Change>((path) => ({ op: 'delete_file', path }));
  const renamed = inOrder.map<Change>(({ from, path }) => ({
    op: 'rename_file',
    path: from ?? '',
    to: path,
  }));
  const created = [...others.filter(({ op }) => op === 'create'), ...moved].flatMap(createdAgain);
  const edited = others.filter(({ op }) => op === 'modify' || op === 'rename').flatMap(edits);
  return { version: 1, base, summary, changes: [...deleted, ...renamed, ...created, ...edited] };
}

/** Renames in an order in which each finds its place free; those that stand in each other's way have none. */
function renamesOf(files: readonly FileChange[]): { inOrder: FileChange[]; blocked: FileChange[] } {
  const inOrder: FileChange[] = [];
  let blocked = files.filter(({ from }) => from !== null);
  for (let waiting = -1; waiting !== blocked.length; ) {
    waiting = blocked.length;
    const origins = blocked.flatMap(({ from }) => from ?? []);
    const isFree = ({ from, path }: FileChange) =>
      !origins.some((other) => other !== from && isInside(other, path));
    inOrder.push(...blocked.filter(isFree));
    blocked = blocked.filter((file) => !isFree(file));
  }
  return { inOrder, blocked };
}

/** One of the paths is a folder that the other is in. */
function isInside(a: string, b: string): boolean {
  return a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

function edits(file: FileChange): Change[] {
  const { path, before, after } = file;
  if (after === null || (before === after && file.modeBefore === file.mode)) return [];
  if (before !== null && file.modeBefore === file.mode) {
    const ranges = rangesBetween(path, before, after);
    const text = editText(path, before);
    if (ranges.every((range) => text.replaceRange(range) === null) && text.text() === after) return ranges;
  }
  return [{ op: 'delete_file', path }, ...createdAgain(file)];
}

function createdAgain({ path, after, mode }: FileChange): Change[] {
  if (after === null) return [];
  const change = { op: 'create_file' as const, path, content: after };
  return [mode === null || mode === '100644' ? change : { ...change, mode }];
}

function rangesBetween(path: string, before: string, after: string): RangeEdit[] {
  const ranges: RangeEdit[] = [];
  let line = 1;
  let [old, now] = [[] as string[], [] as string[]];
  function close(): void {
    if (old.length + now.length === 0) return;
    ranges.push({
      op: 'replace_range',
      path,
      start_line: line - old.length,
      end_line: line - 1,
      content: now.join(''),
      expect: old.join(''),
    });
    [old, now] = [[], []];
  }
  for (const run of lineDiff(before, after)) {
    if (run.removed) {
      old = old.concat(run.value);
      line += run.value.length;
    } else if (run.added) now = now.concat(run.value);
    else {
      close();
      line += run.value.length;
    }
  }
  close();
  return ranges;
}
