import type { FileChange } from '../../changes/file-change.ts';
import { shownPath } from '../../changes/paths.ts';
import type { Finding, Rule } from './rule.ts';

const FILE = '100644';
const EXECUTABLE = '100755';

/** What git means by the modes that are blocked; any other is not one of git's at all. */
const KINDS: Readonly<Record<string, string>> = {
  '120000': 'a symbolic link',
  '160000': 'a submodule',
  '040000': 'a folder',
  '100664': 'a group-writable file, which git no longer has',
};

/** Blocks everything that is not a file; a file that becomes executable, or no longer is, needs a person. */
export const fileModes: Rule = {
  name: 'file-modes',
  title: () => 'Only plain files are written; a change of the executable bit needs a person.',

  find({ changeSet, applied }) {
    const proposed = changeSet.changes.flatMap<Finding>((change) => {
      if (change.op !== 'create_file' || change.mode === undefined) return [];
      if (change.mode === EXECUTABLE && !applied.ok) return [executable(change.path, 'would be executable')];
      return change.mode === FILE || change.mode === EXECUTABLE ? [] : [notAFile(change.path, change.mode)];
    });
    const files = applied.ok ? applied.files : [];
    return [...proposed, ...files.flatMap(changedBit)];
  },
};

function changedBit({ path, modeBefore, mode }: FileChange): Finding[] {
  if (mode === null || mode === modeBefore) return [];
  if (mode === EXECUTABLE) return [executable(path, 'becomes executable')];
  return modeBefore === EXECUTABLE ? [executable(path, 'is no longer executable')] : [];
}

function executable(path: string, what: string): Finding {
  return {
    verdict: 'review',
    path,
    message: `${shownPath(path)} ${what} (mode ${EXECUTABLE}).`,
    fix: 'Leave the mode as it is, or have a person approve it.',
  };
}

function notAFile(path: string, mode: string): Finding {
  return {
    verdict: 'block',
    path,
    message: `${shownPath(path)} would have the mode ${mode}: ${KINDS[mode] ?? 'not a mode that git knows'}.`,
    fix: 'Create a plain file: leave the mode out.',
  };
}
