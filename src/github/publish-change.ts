import { type StepResult, value } from '../runs/outcome.ts';
import type { ApprovedChange, Published } from '../runs/ports.ts';
import type { RunView } from '../runs/run-view.ts';
import { openPullRequest } from './pull-request.ts';
import { pushBranch } from './push-branch.ts';
import { pushOntoOwn } from './push-onto-own.ts';
import type { Writing } from './writing.ts';

/** Puts a change on GitHub: as a pull request, or as one more commit on Conductor's own. */
export async function publishChange(
  writing: Writing,
  change: ApprovedChange,
  view: RunView,
): Promise<StepResult<Published>> {
  const { pull } = change.base;
  if (pull?.own) {
    const pushed = await pushOntoOwn(writing, change, pull);
    return pushed.ok ? value({ pullRequest: pull.number, writes: pushed.value }) : pushed;
  }
  const pushed = await pushBranch(writing, change);
  if (!pushed.ok) return pushed;
  const opened = await openPullRequest(writing, change, view);
  if (!opened.ok) return opened;
  const { number, written } = opened.value;
  return value({ pullRequest: number, writes: [...pushed.value, written] });
}
