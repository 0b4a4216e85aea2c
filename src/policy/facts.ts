import { type AppliedChangeSet, applyChangeSet } from '../changes/apply-change-set.ts';
import { type ChangeSet, pathsOf } from '../changes/change-set.ts';
import type { Workspace } from '../changes/workspace.ts';

/** The person who asked, as GitHub names them. `permission` is `none` where it is not known. */
export interface Asker {
  readonly login: string;
  readonly permission: 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';
}

/** A file of the base commit. */
interface TreeEntry {
  readonly path: string;
  readonly mode: string;
}

/** Everything that policy decides from, gathered beforehand. Plain data: the same facts always give the same verdict. */
export interface Facts {
  /** The commit that the files were read at; a plain folder says `folder`. */
  readonly base: string;
  /** What was proposed, as it was written. */
  readonly changeSet: ChangeSet;
  /** What it does to the base, or why it does not apply. */
  readonly applied: AppliedChangeSet;
  /** Every file of the base. */
  readonly tree: readonly TreeEntry[];
  readonly asker: Asker;
}

/** Reads from a workspace what policy needs to judge a change set made against it. */
export async function gatherFacts(changeSet: ChangeSet, workspace: Workspace, asker: Asker): Promise<Facts> {
  const applied = await applyChangeSet(changeSet, workspace);
  const tree = (await workspace.list()).map(({ path, mode }) => ({ path, mode }));
  return { base: workspace.commit, changeSet, applied, tree, asker };
}

/** Every path that the change set names or touches, once each: both ends of renames, and detours that cancel out. */
export function touchedPaths({ changeSet, applied }: Facts): string[] {
  const paths = new Set(changeSet.changes.flatMap(pathsOf));
  for (const file of applied.ok ? applied.files : []) {
    paths.add(file.path);
    if (file.from !== null) paths.add(file.from);
  }
  return [...paths].sort();
}
