import { type AppliedChangeSet, applyChangeSet } from '../changes/apply-change-set.ts';
import { type ChangeSet, pathsOf } from '../changes/change-set.ts';
import type { Workspace } from '../changes/workspace.ts';
import { type CodeOwners, readCodeOwners } from './code-owners.ts';
import { findSecrets, type SecretFound } from './secrets.ts';
import type { Judgement } from './verdict.ts';

/** The person who asked, as GitHub names them. `permission` is `none` where it is not known. */
export interface Asker {
  readonly login: string;
  readonly permission: 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';
}

/** What a change came about under; rules may ask for it. */
export interface Circumstances {
  /** Labels of the issue or pull request that it was asked for in. */
  readonly labels: readonly string[];
  /** The agent that proposed it, and the label of the model that it thought with last; null: no agent took part. */
  readonly agent: string | null;
  readonly model: string | null;
  /** What the run has cost until then, in US dollars. */
  readonly costUsd: number;
  /** When it was judged, ISO 8601 in UTC. */
  readonly at: string;
}

export const NO_CIRCUMSTANCES: Circumstances = {
  labels: [],
  agent: null,
  model: null,
  costUsd: 0,
  at: '1970-01-01T00:00:00.000Z',
};

/** A change as it is put before policy. */
export interface Proposed {
  readonly changeSet: ChangeSet;
  /** What the change is known by: the run that proposed it, or the commit that holds it. */
  readonly change: string;
  /** The commit that it applies to. Of a pull request the one at which it left its base, so that all of it is judged. */
  readonly workspace: Workspace;
  /** The base branch as it is: what grants a right is read there, never where whoever asks could have written it. */
  readonly trusted: Workspace;
  readonly asker: Asker;
  readonly circumstances: Circumstances;
  /** What was judged of this change before, under circumstances that may not be known any more. */
  readonly atLeast?: Judgement;
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
  readonly change: string;
  /** What was proposed, as it was written. */
  readonly changeSet: ChangeSet;
  /** What it does to the base, or why it does not apply. */
  readonly applied: AppliedChangeSet;
  /** What looks like a secret in its new lines. */
  readonly secrets: readonly SecretFound[];
  /** Every file of the base. */
  readonly tree: readonly TreeEntry[];
  /** Who owns what, as the base branch says; null where it has no CODEOWNERS. */
  readonly codeOwners: CodeOwners | null;
  readonly asker: Asker;
  readonly circumstances: Circumstances;
  /** No verdict is milder. */
  readonly atLeast: Judgement;
}

/** Reads from the workspaces what policy needs to judge a change. */
export async function gatherFacts(proposed: Proposed): Promise<Facts> {
  const { changeSet, change, workspace, asker, circumstances, atLeast = 'auto' } = proposed;
  const applied = await applyChangeSet(changeSet, workspace);
  const tree = (await workspace.list()).map(({ path, mode }) => ({ path, mode }));
  const secrets = applied.ok ? await findSecrets(applied.files) : [];
  const codeOwners = await readCodeOwners(proposed.trusted);
  return {
    base: workspace.commit,
    change,
    changeSet,
    applied,
    secrets,
    tree,
    codeOwners,
    asker,
    circumstances,
    atLeast,
  };
}

/** Every path that the change set names or touches, once each: both ends of renames, and detours that cancel out. */
export function touchedPaths({ changeSet, applied }: Pick<Facts, 'changeSet' | 'applied'>): string[] {
  const paths = new Set(changeSet.changes.flatMap(pathsOf));
  for (const file of applied.ok ? applied.files : []) {
    paths.add(file.path);
    if (file.from !== null) paths.add(file.from);
  }
  return [...paths].sort();
}
