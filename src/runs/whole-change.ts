import { applyChangeSet } from '../changes/apply-change-set.ts';
import type { ChangeSet } from '../changes/change-set.ts';
import { changeSetBetween } from '../changes/change-set-between.ts';
import { composeChanges } from '../changes/compose-changes.ts';
import type { FileChange } from '../changes/file-change.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { Facts } from './gather-facts.ts';
import { type StepResult, value } from './outcome.ts';
import type { RunPorts } from './ports.ts';
import type { Run } from './run.ts';

/** A change with the commit that it is made against: what policy judges. */
export interface WholeChange {
  readonly changeSet: ChangeSet;
  readonly workspace: Workspace;
}

/**
 * All that a pull request of Conductor's own comes to with a further change on top, against the commit at which it left
 * its base: many small changes are judged as the large one that they are together. Any other change is whole already.
 */
export async function wholeChange(
  run: Run,
  facts: Facts,
  changeSet: ChangeSet,
): Promise<StepResult<WholeChange>> {
  const { base, workspace } = facts;
  const alone = { changeSet, workspace };
  // A change of a pull request whose base moved is made on the base itself, and is all of it.
  if (!base.pull?.own || base.commit !== base.pull.head) return value(alone);
  const applied = await applyChangeSet(changeSet, workspace);
  if (!applied.ok) return value(alone);
  const parted = await partedAt(run, facts);
  const whole = await standingChange(run.ports, parted, base.commit, applied.files);
  // Where nothing is left of a pull request, its last change is judged alone.
  return whole.ok && whole.value.changeSet.changes.length === 0 ? value(alone) : whole;
}

/** Where a pull request left its base. */
export const partedAt = (run: Run, { base }: Facts) =>
  run.step('parted-at', () => run.ports.ownPulls.partedAt(base.trustedCommit, base.commit));

/** What stands in a pull request that left its base at `parted`, with `further` on top of its head. */
export async function standingChange(
  { ownPulls, reader }: Pick<RunPorts, 'ownPulls' | 'reader'>,
  parted: string,
  head: string,
  further: readonly FileChange[] = [],
): Promise<StepResult<WholeChange>> {
  const until = await ownPulls.changesBetween(parted, head);
  if (!until.ok) return until;
  const files = composeChanges(until.value, further);
  const changeSet = changeSetBetween(parted, 'What the pull request changes.', files);
  return value({ changeSet, workspace: await reader.workspaceAt(parted) });
}
