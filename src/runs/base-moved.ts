import { nothingToFollow } from './find-subject.ts';
import type { Facts } from './gather-facts.ts';
import { movedMark } from './head-marks.ts';
import { ends, type Outcome, type StepResult } from './outcome.ts';
import type { KnownPull } from './own-pull-ports.ts';
import { proposeAgain } from './reapply.ts';
import type { Run } from './run.ts';
import type { Proposal } from './think.ts';

/**
 * What a base that moves comes to is told once for each head of the pull request: that stands as it did, whatever is
 * pushed to the base.
 */
export function toldOnce({ base, subject, transcript }: Facts, outcome: Outcome): Outcome {
  if (subject.kind !== 'base_moved') return outcome;
  const mark = movedMark(base.pull?.head ?? subject.pull.head, outcome.code);
  const isTold = transcript.some(({ own, body }) => own && body.includes(mark));
  return isTold ? { ...outcome, silent: true } : outcome;
}

/** Proposes the pull request's change again, on what its base is now. */
export async function proposeOnMovedBase(
  run: Run,
  facts: Facts,
  pull: KnownPull,
): Promise<StepResult<Proposal>> {
  const again = await bringAlong(run, facts, pull);
  return again.ok ? again : ends(toldOnce(facts, again.outcome));
}

async function bringAlong(run: Run, facts: Facts, pull: KnownPull): Promise<StepResult<Proposal>> {
  const { ownPulls } = run.ports;
  const { number, baseBranch } = pull;
  if (!facts.config.follow_up.base_moved) return nothingToFollow(number);
  const head = facts.base.pull?.head ?? pull.head;
  const parted = await run.step('parted-at', () => ownPulls.partedAt(facts.base.commit, head));
  if (parted === facts.base.commit) return nothingToFollow(number);
  const changes = await ownPulls.changesBetween(parted, head);
  if (!changes.ok) return changes;
  return proposeAgain(facts, changes.value, {
    summary: `What #${number} changes, made again on \`${baseBranch}\` as it is now.`,
    conflict: `\`${baseBranch}\` moved, and this pull request does not merge any more. Its change can’t be made again there by git alone, so nothing was written.`,
    nothing: `\`${baseBranch}\` moved: all that this pull request changes stands there already.`,
    next: 'Resolve it on the branch: Conductor never overwrites a commit there. Or close this, and ask again on the issue.',
  });
}
