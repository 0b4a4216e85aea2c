import { applyEdits } from './apply-edits.ts';
import type { ChangeError } from './change-error.ts';
import type { ChangeSet } from './change-set.ts';
import type { FileChange } from './file-change.ts';
import type { Workspace } from './workspace.ts';

export type AppliedChangeSet =
  | { readonly ok: true; readonly files: readonly FileChange[] }
  | { readonly ok: false; readonly error: ChangeError };

/**
 * Works out what a change set does to a workspace, as `applyEdits` does for edits of any format. A change set
 * proposes something, so one that leaves every file as it was is refused: `no_changes`.
 */
export async function applyChangeSet(changeSet: ChangeSet, workspace: Workspace): Promise<AppliedChangeSet> {
  const { base, summary, changes } = changeSet;
  const applied = await applyEdits({ format: 'change-set', base, summary, edits: changes }, workspace);
  if (!applied.ok) return applied;
  if (applied.files.length > 0) return { ok: true, files: applied.files };
  return { ok: false, error: NO_CHANGES };
}

export const NO_CHANGES: ChangeError = {
  code: 'no_changes',
  message: 'The change set changes nothing: every file would be as it was.',
  hint: 'Propose a change, or answer in words.',
};
