import { git } from './run.ts';

/**
 * GitHub gives no `patch` for a file whose diff is longer than this, nor once all patches together
 * are; it does not say so in the answer.
 * Source: docs.github.com, "Limits for viewing content and diffs in a repository".
 */
const PATCH_LINES = 20_000;
const PATCH_BYTES = 1_000_000;

/** The empty tree, which git knows without storing it: the "before" of a root commit. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

export interface FileDiff {
  readonly path: string;
  readonly previousPath: string | null;
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  /** The blob after the change; before it, when removed. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** From the first `@@` on; null for binary files, pure renames and what is over GitHub's limits. */
  readonly patch: string | null;
}

/** The files that differ from `before` to `after` (trees or commits), with their patches, in path order. */
export async function diffFiles(directory: string, before: string, after: string): Promise<FileDiff[]> {
  const [summary, patches] = await Promise.all([
    git(directory, ['diff-tree', '-r', '-M', '-z', '--raw', '--numstat', '--full-index', before, after]),
    git(directory, ['diff-tree', '-r', '-M', '-p', before, after]),
  ]);
  const files = parseSummary(summary.toString());
  const bodies = splitPatches(patches.toString());
  let lines = 0;
  let bytes = 0;
  return files.map((file) => {
    const patch = bodies.shift() ?? null;
    // A file that turned into a link, or back, is printed as two patches: one removes, one adds.
    if (file.status === 'changed') bodies.shift();
    if (patch === null) return file;
    lines += patch.split('\n').length;
    bytes += Buffer.byteLength(patch);
    return lines > PATCH_LINES || bytes > PATCH_BYTES ? file : { ...file, patch };
  });
}

/** The whole difference as one unified diff, as `application/vnd.github.diff` gives it. */
export function diffText(directory: string, before: string, after: string): Promise<Buffer> {
  return git(directory, ['diff-tree', '-r', '-M', '-p', before, after]);
}

function parseSummary(text: string): FileDiff[] {
  const fields = text.split('\0');
  const raw: Omit<FileDiff, 'additions' | 'deletions' | 'patch'>[] = [];
  let at = 0;
  while (fields[at]?.startsWith(':')) {
    const [, , shaBefore, shaAfter, letter] = fields[at]!.split(' ') as [
      string,
      string,
      string,
      string,
      string,
    ];
    const first = fields[at + 1]!;
    const renamed = letter.startsWith('R');
    raw.push({
      path: renamed ? fields[at + 2]! : first,
      previousPath: renamed ? first : null,
      status: STATUS[letter[0]!] ?? 'changed',
      sha: letter === 'D' ? shaBefore : shaAfter,
    });
    at += renamed ? 3 : 2;
  }
  return raw.map((file) => {
    const [added, removed, path] = fields[at]!.split('\t') as [string, string, string];
    // A rename's numstat record ends in an empty path, with both names in the next two fields.
    at += path === '' ? 3 : 1;
    return { ...file, additions: Number(added) || 0, deletions: Number(removed) || 0, patch: null };
  });
}

const STATUS: Readonly<Record<string, FileDiff['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
};

/** Lines of content start with a space, a sign or a backslash, so this header cannot occur inside a patch. */
function splitPatches(text: string): (string | null)[] {
  return text
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith('diff --git '))
    .map((part) => {
      const start = part.search(/^@@ /m);
      return start === -1 ? null : part.slice(start).replace(/\n$/, '');
    });
}
