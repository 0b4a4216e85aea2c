import type { FileChange } from '../changes/file-change.ts';
import { shownPath } from '../changes/paths.ts';
import { decodeText } from '../changes/text.ts';
import { ends, outcome, type StepResult, value } from '../runs/outcome.ts';
import { openBlobReader } from './blob-reader.ts';
import { git } from './git.ts';

/** More is no change that a person can review, and its texts would not fit into memory. */
const MOST_FILES = 1_000;
const NO_FILE = '000000';

interface RawChange {
  readonly modeBefore: string;
  readonly mode: string;
  readonly blobBefore: string;
  readonly blob: string;
  readonly from: string | null;
  readonly path: string;
}

/**
 * What changed from one commit to another, told from their trees, with git's own search for renames. Both commits must
 * be in `gitDir`; `hold` sees to it that these blobs are. Refused: binary or too large files, links, submodules, over a thousand files (`not_by_git_alone`).
 */
export async function changesBetween(
  gitDir: string,
  from: string,
  to: string,
  hold: (objects: readonly string[]) => Promise<void>,
): Promise<StepResult<readonly FileChange[]>> {
  const list = async (...how: string[]) => {
    const args = ['diff-tree', '-r', '-z', ...how, '--raw', '--no-abbrev', '--end-of-options', from, to];
    return rawChanges((await git(args, { gitDir })).toString('utf8'));
  };
  const plain = await list('--no-renames');
  if (plain.length > 2 * MOST_FILES)
    return refused(`It touches ${plain.length} files; the limit is ${MOST_FILES}.`);
  // What was renamed shows in the texts, and git is not to fetch them one by one.
  await hold(plain.flatMap((each) => blobsOf(each)));
  const raw = await list('-M');
  if (raw.length > MOST_FILES) return refused(`It touches ${raw.length} files; the limit is ${MOST_FILES}.`);
  const unreadable = raw.find(({ path, from: source }) => `${path}${source}`.includes('\ufffd'));
  if (unreadable) return refused(`${shownPath(unreadable.path)} has a name that is not UTF-8.`);
  const blobs = openBlobReader(gitDir);

  async function textOf(path: string, mode: string, blob: string): Promise<StepResult<string | null>> {
    if (mode === NO_FILE) return value(null);
    if (!mode.startsWith('100')) return refused(`${shownPath(path)} is a link or a submodule.`);
    const bytes = await blobs.read(blob);
    if (bytes === null) return refused(`${shownPath(path)} is not to be had.`);
    const decoded = decodeText(shownPath(path), bytes);
    return decoded.ok ? value(decoded.text) : refused(decoded.error.message);
  }

  try {
    const files: FileChange[] = [];
    for (const each of raw) {
      const before = await textOf(each.from ?? each.path, each.modeBefore, each.blobBefore);
      if (!before.ok) return before;
      const after = await textOf(each.path, each.mode, each.blob);
      if (!after.ok) return after;
      files.push({
        op: opOf(each),
        path: each.path,
        from: each.from,
        before: before.value,
        after: after.value,
        modeBefore: fileMode(each.modeBefore),
        mode: fileMode(each.mode),
      });
    }
    return value(files);
  } finally {
    blobs.close();
  }
}

/** The blobs on both sides: not those of submodules, whose commits are elsewhere. */
function blobsOf({ modeBefore, mode, blobBefore, blob }: RawChange): string[] {
  const sides = [
    [modeBefore, blobBefore],
    [mode, blob],
  ] as const;
  return sides.flatMap(([of, object]) => (of === NO_FILE || of === '160000' ? [] : [object]));
}

/** `:mode mode blob blob status`, NUL, a path, NUL, and of a rename the new path, NUL. */
function rawChanges(output: string): RawChange[] {
  const words = output.split('\0');
  const changes: RawChange[] = [];
  for (let at = 0; words[at]?.startsWith(':'); ) {
    const [modeBefore = '', mode = '', blobBefore = '', blob = '', status = ''] =
      words[at]!.slice(1).split(' ');
    const isRename = status.startsWith('R');
    const from = isRename ? words[at + 1]! : null;
    const path = words[at + (isRename ? 2 : 1)]!;
    changes.push({ modeBefore, mode, blobBefore, blob, from, path });
    at += isRename ? 3 : 2;
  }
  return changes;
}

function opOf({ modeBefore, mode, from }: RawChange): FileChange['op'] {
  if (modeBefore === NO_FILE) return 'create';
  if (mode === NO_FILE) return 'delete';
  return from === null ? 'modify' : 'rename';
}

/** Old repositories hold modes such as 100664, which git itself reads as a plain file. */
function fileMode(mode: string): string | null {
  if (mode === NO_FILE) return null;
  return mode === '100755' ? mode : '100644';
}

function refused(why: string) {
  return ends(
    outcome(
      'refused',
      'not_by_git_alone',
      `Git alone can’t make this change again: ${why}`,
      'A person has to do it.',
    ),
  );
}
