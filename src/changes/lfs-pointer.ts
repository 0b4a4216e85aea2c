import type { ChangeError } from './change-error.ts';
import { shownPath } from './paths.ts';

/** How a pointer of Git LFS begins (git-lfs, docs/spec.md); no pointer has more than 1,024 bytes. */
const POINTER =
  /^version https:\/\/(?:git-lfs|hawser)\.github\.com\/spec\/v\d+\n(?:[a-z0-9.-]+ [^\n]*\n)*oid [a-z0-9]+:/;
const LONGEST_POINTER = 1_024;

/**
 * Why a text may not take the place of another where one of them is a Git LFS pointer: the file itself is stored
 * elsewhere, so the edit would be of its address. Null: neither is, or nothing changes. `before`: null for a new file.
 */
export function lfsPointerProblem(path: string, before: string | null, after: string): ChangeError | null {
  if (before === after) return null;
  if (before !== null && isPointer(before)) return problem(path, 'is a Git LFS pointer, not the file itself');
  return isPointer(after)
    ? problem(path, 'would be a Git LFS pointer to a file that was never stored')
    : null;
}

function isPointer(text: string): boolean {
  return text.length <= LONGEST_POINTER && POINTER.test(text);
}

function problem(path: string, what: string): ChangeError {
  return {
    code: 'lfs_pointer',
    message: `${shownPath(path)} ${what}.`,
    hint: 'Leave it to a person, who can change it with git lfs; it can be renamed or deleted here.',
  };
}
