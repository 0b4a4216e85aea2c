import { applyChangeSet } from './apply-change-set.ts';
import type { ChangeError } from './change-error.ts';
import { type ChangeSet, pathsOf } from './change-set.ts';
import type { FileChange } from './file-change.ts';
import { nameCollisions } from './name-collisions.ts';
import { pathProblem, shownPath } from './paths.ts';
import { syntaxProblems } from './syntax/syntax-problems.ts';
import type { Workspace } from './workspace.ts';

/** The most errors that are told of one change set. */
const MOST_ERRORS = 5;

export type ValidatedChangeSet =
  | { readonly ok: true; readonly files: readonly FileChange[] }
  | {
      readonly ok: false;
      /** At least one, at most five. */
      readonly errors: readonly ChangeError[];
      /** True when policy blocks it whatever its settings are, by a rule that says why and is on the record. */
      readonly isUnsafe: boolean;
      /** What the change set does to each file; empty when it does not apply. */
      readonly files: readonly FileChange[];
    };

/**
 * Works out what a change set does to a workspace, and whether that can be proposed at all: it applies, each path is
 * one plain file everywhere, and every file that parsed before, or is new, parses. What a repository's settings forbid is
 * no part of it: nobody learns here what policy would say.
 *
 * Errors: those of `applyChangeSet` and `pathProblem`; `file_mode`, `name_collision`, `syntax_error`.
 */
export async function validateChangeSet(
  changeSet: ChangeSet,
  workspace: Workspace,
): Promise<ValidatedChangeSet> {
  const applied = await applyChangeSet(changeSet, workspace);
  const files = applied.ok ? applied.files : [];
  const tree = (await workspace.list()).map(({ path }) => path);
  const unsafe = [
    ...changeSet.changes.flatMap(pathsOf).map(pathProblem),
    ...changeSet.changes.map(modeProblem),
    ...nameCollisions(tree, files).map(({ error }) => error),
  ].filter((error) => error !== null);
  if (unsafe.length > 0) return { ok: false, errors: unsafe.slice(0, MOST_ERRORS), isUnsafe: true, files };
  if (!applied.ok) return { ok: false, errors: [applied.error], isUnsafe: false, files };

  const errors = await syntaxProblems(files);
  return errors.length > 0 ? { ok: false, errors, isUnsafe: false, files } : applied;
}

function modeProblem(change: ChangeSet['changes'][number]): ChangeError | null {
  if (change.op !== 'create_file' || [undefined, '100644', '100755'].includes(change.mode)) return null;
  return {
    code: 'file_mode',
    message: `${shownPath(change.path)} would have the mode ${change.mode}, which is no file’s.`,
    hint: 'Create a plain file: leave the mode out.',
  };
}
