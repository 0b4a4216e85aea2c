import type { ChangeError } from './change-error.ts';
import { pathsOf } from './change-set.ts';
import { type DraftTree, openDraft } from './draft-tree.ts';
import type { Edit, Edits } from './edit.ts';
import { editText } from './edited-text.ts';
import type { FileChange } from './file-change.ts';
import { pathProblem } from './paths.ts';
import { resultOf } from './result-of.ts';
import type { Workspace } from './workspace.ts';

export type AppliedEdits =
  | { readonly ok: true; readonly files: readonly FileChange[] }
  | { readonly ok: false; readonly error: ChangeError };

/**
 * Works out what edits do to a workspace. All or nothing, and nothing is written anywhere: the workspace is only
 * read, each file once.
 *
 * Edits are made in order, each on what the ones before have left; only `replace_range` counts its lines in the
 * base text (see `editText`). After a rename the file has its new name. Deleting a file and creating it again
 * rewrites it, which is how its mode or its line ends change.
 *
 * The result has one entry for each file that differs from the base, sorted by path, told from the two trees: a file
 * created and deleted again is not in it, a file renamed and edited is one `rename`. It is empty when nothing differs.
 *
 * Errors: the codes of `pathProblem`, `editText` and `DraftTree`; `wrong_base` when the edits name another commit than
 * the workspace's (a plain folder takes any).
 */
export async function applyEdits({ base, edits }: Edits, workspace: Workspace): Promise<AppliedEdits> {
  for (const path of edits.flatMap(pathsOf)) {
    const error = pathProblem(path);
    if (error) return { ok: false, error };
  }
  if (base !== null && workspace.commit !== 'folder' && workspace.commit !== base) {
    return { ok: false, error: wrongBase(base, workspace.commit) };
  }
  const draft = await openDraft(workspace);
  for (const [index, edit] of edits.entries()) {
    const error = await make(edit, draft);
    if (error) return { ok: false, error: { ...error, message: `Change ${index + 1}: ${error.message}` } };
  }
  const result = await resultOf(draft);
  return result.ok ? { ok: true, files: result.value } : result;
}

/** Makes one edit on the draft; gives why it was not made. */
async function make(change: Edit, draft: DraftTree): Promise<ChangeError | null> {
  switch (change.op) {
    case 'create_file': {
      const problem = draft.occupied(change.path);
      if (problem) return problem;
      const file = { text: editText(change.path, change.content), mode: change.mode ?? '100644' };
      draft.put(change.path, file, draft.originOf(change.path));
      return null;
    }
    case 'delete_file': {
      const problem = draft.missing(change.path);
      if (!problem) draft.remove(change.path);
      return problem;
    }
    case 'rename_file': {
      const file = await draft.open(change.path);
      if (!file.ok) return file.error;
      const origin = draft.originOf(change.path);
      if (change.path !== change.to) draft.remove(change.path);
      const problem = draft.occupied(change.to);
      if (!problem) draft.put(change.to, file.value, origin);
      return problem;
    }
    case 'replace_range':
    case 'replace_text': {
      const file = await draft.open(change.path);
      if (!file.ok) return file.error;
      draft.put(change.path, file.value, draft.originOf(change.path));
      return change.op === 'replace_range'
        ? file.value.text.replaceRange(change)
        : file.value.text.replaceText(change);
    }
  }
}

function wrongBase(wanted: string, there: string): ChangeError {
  return {
    code: 'wrong_base',
    message: `The change set is made against ${wanted}, but the files are at ${there}.`,
    hint: `Read the files again and make the edits against ${there}.`,
  };
}
