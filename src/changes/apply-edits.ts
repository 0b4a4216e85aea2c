import type { ChangeError } from './change-error.ts';
import { type Change, pathsOf } from './change-set.ts';
import { type DraftTree, openDraft } from './draft-tree.ts';
import type { Edit, Edits, Latitude, PatchFile, SearchReplace, WayFound } from './edit.ts';
import { editText } from './edited-text.ts';
import type { FileChange } from './file-change.ts';
import { BOM } from './locate/open-text.ts';
import { patchText } from './locate/patch-text.ts';
import { searchReplace } from './locate/search-replace.ts';
import { pathProblem, shownPath } from './paths.ts';
import { resultOf } from './result-of.ts';
import { MAX_TEXT_BYTES } from './text.ts';
import type { Workspace } from './workspace.ts';

export type AppliedEdits =
  | { readonly ok: true; readonly files: readonly FileChange[]; readonly found: readonly FoundEdit[] }
  | { readonly ok: false; readonly error: ChangeError };

/** How the place of an edit was found. Only edits that look for their place are told of. */
export interface FoundEdit {
  readonly path: string;
  readonly found: WayFound;
}

/** Characters of files that all edits together may be looked for in: a hundred times the largest file. */
const MOST_EFFORT = 100 * MAX_TEXT_BYTES;

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
 * Errors: the codes of `pathProblem`, `editText`, `searchReplace`, `patchText` and `DraftTree`; `wrong_base` when the
 * edits name another commit than the workspace's (a plain folder takes any); `delete_leaves_text`; `too_many_edits`.
 */
export async function applyEdits(
  { base, edits }: Edits,
  workspace: Workspace,
  latitude: Latitude = {},
): Promise<AppliedEdits> {
  for (const path of edits.flatMap(pathsOf)) {
    const error = pathProblem(path);
    if (error) return { ok: false, error };
  }
  if (base !== null && workspace.commit !== 'folder' && workspace.commit !== base) {
    return { ok: false, error: wrongBase(base, workspace.commit) };
  }
  const draft = await openDraft(workspace);
  const found: FoundEdit[] = [];
  const effort = { left: MOST_EFFORT };
  for (const [index, edit] of edits.entries()) {
    const made = looks(edit) ? await find(edit, draft, latitude, effort) : await make(edit, draft);
    if (typeof made === 'string') found.push({ path: edit.path, found: made });
    else if (made) return { ok: false, error: { ...made, message: `Change ${index + 1}: ${made.message}` } };
  }
  const result = await resultOf(draft);
  return result.ok ? { ok: true, files: result.value, found } : result;
}

/** Whether an edit has to look for its place. */
function looks(edit: Edit): edit is SearchReplace | PatchFile {
  return edit.op === 'search_replace' || edit.op === 'patch_file';
}

/** Makes an edit where its place is found; gives how it was found, or why it was not made. */
async function find(
  edit: SearchReplace | PatchFile,
  draft: DraftTree,
  latitude: Latitude,
  effort: { left: number },
): Promise<WayFound | ChangeError> {
  const { path } = edit;
  const name = shownPath(path);
  if (edit.op === 'search_replace' && edit.search === '' && !draft.exists(path)) {
    return (await make({ op: 'create_file', path, content: edit.replace }, draft)) ?? 'exact';
  }
  const file = await draft.open(path);
  if (!file.ok) return file.error;
  const before = file.value.text.text();
  // Hunks with numbers stand where they say, but for those of a file that has moved.
  const searches = edit.op === 'patch_file' && edit.by !== 'number' ? edit.hunks.length : 1;
  effort.left -= before.length * searches;
  if (effort.left < 0) return tooMuch(name);
  const edited =
    edit.op === 'search_replace'
      ? searchReplace(name, before, edit, latitude.exact)
      : patchText(name, before, edit, latitude);
  if (!edited.ok) return edited.error;
  if (edit.op === 'patch_file' && edit.deletes) {
    if (edited.text !== '' && edited.text !== BOM) return leftOver(name);
    draft.remove(path);
    return edited.found;
  }
  draft.put(path, file.value, draft.originOf(path));
  return file.value.text.rewrite(edited.text) ?? edited.found;
}

/** Makes a change that names its place; gives why it was not made. */
async function make(change: Change, draft: DraftTree): Promise<ChangeError | null> {
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

function tooMuch(name: string): ChangeError {
  return {
    code: 'too_many_edits',
    message: `The edits search more text than ${MOST_EFFORT} characters; those of ${name} no longer fit.`,
    hint: 'Rewrite large files that are edited in many places, or propose a smaller change.',
  };
}

function leftOver(name: string): ChangeError {
  return {
    code: 'delete_leaves_text',
    message: `The patch deletes ${name}, but not all of its text.`,
    hint: 'Read the file again and make the patch against what stands there.',
  };
}

function wrongBase(wanted: string, there: string): ChangeError {
  return {
    code: 'wrong_base',
    message: `The edits are made against ${wanted}, but the files are at ${there}.`,
    hint: `Read the files again and make them against ${there}.`,
  };
}
