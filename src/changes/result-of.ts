import type { DraftFile, DraftTree, Found } from './draft-tree.ts';
import type { FileChange } from './file-change.ts';
import { lfsPointerProblem } from './lfs-pointer.ts';
import { shownPath } from './paths.ts';
import { textProblem } from './text.ts';

/**
 * What a draft does to its base, told from the two trees and not from the steps: no detour of a change set hides
 * what becomes of a path. Sorted by path. Errors: `not_text`, `file_too_large`, `lfs_pointer`.
 */
export async function resultOf(draft: DraftTree): Promise<Found<readonly FileChange[]>> {
  const files: FileChange[] = [];
  const renamed = new Set<string>();
  for (const [path, { file, origin }] of draft.touched) {
    if (file === null) continue;
    const isRename =
      !draft.base.has(path) &&
      origin !== null &&
      draft.base.has(origin) &&
      !draft.exists(origin) &&
      !renamed.has(origin);
    const entry = await fileChange(draft, path, file, isRename ? origin : null);
    if (!entry.ok) return entry;
    if (isRename) renamed.add(origin);
    if (entry.value) files.push(entry.value);
  }
  for (const [path, { file }] of draft.touched) {
    if (file !== null || !draft.base.has(path) || renamed.has(path)) continue;
    const text = await draft.baseText(path);
    const before = text.ok ? text.value : null;
    const modeBefore = draft.base.get(path)!.mode;
    files.push({ op: 'delete', path, from: null, before, after: null, modeBefore, mode: null });
  }
  return { ok: true, value: files.sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

async function fileChange(
  draft: DraftTree,
  path: string,
  file: DraftFile,
  from: string | null,
): Promise<Found<FileChange | null>> {
  const after = file.text.text();
  const problem = textProblem(shownPath(path), after);
  if (problem) return { ok: false, error: problem };
  const base = draft.base.get(from ?? path);
  if (!base) {
    const pointer = lfsPointerProblem(path, null, after);
    return pointer ? { ok: false, error: pointer } : created(path, after, file.mode);
  }
  const before = await draft.baseText(base.path);
  if (!before.ok) return before;
  const pointer = lfsPointerProblem(path, before.value, after);
  if (pointer) return { ok: false, error: pointer };
  if (from === null && before.value === after && base.mode === file.mode) return { ok: true, value: null };
  const op = from === null ? 'modify' : 'rename';
  return {
    ok: true,
    value: { op, path, from, before: before.value, after, modeBefore: base.mode, mode: file.mode },
  };
}

function created(path: string, after: string, mode: string): Found<FileChange> {
  return { ok: true, value: { op: 'create', path, from: null, before: null, after, modeBefore: null, mode } };
}
