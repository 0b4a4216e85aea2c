import { type FailingCheck, nameOf, reportsOf } from './failing-checks.ts';
import type { Facts } from './gather-facts.ts';
import { ends, type Outcome, outcome, type StepResult, value } from './outcome.ts';
import { repairMark } from './repair-mark.ts';
import type { Run } from './run.ts';

const MOST_REPAIRS = 2;

/**
 * What failing checks ask for: to be repaired, twice at most, and then to be explained. Nothing is done for a commit
 * that is not the head any more, or that has been seen to, nor for what fails on the base branch as well.
 */
export async function readFailingChecks(run: Run, facts: Facts): Promise<StepResult<Facts>> {
  const { request, ports } = run;
  const { base, transcript } = facts;
  const head = request.head?.sha ?? '';
  if (base.commit !== head)
    return nothing('head_moved_on', 'The checks failed on a commit that is no longer the head.');
  if (transcript.some(({ own, body }) => own && body.includes(repairMark(head))))
    return nothing('seen_to', 'The checks of this commit have been seen to.');

  const failing = await run.step('failing-checks', () =>
    ports.followUps.failingChecks(head, base.trustedCommit),
  );
  if (failing.length === 0) return nothing('checks_pass', 'The checks pass by now.');
  const messages = await run.step('commits', () => ports.followUps.commitMessages());
  const made = repairsIn(messages);
  const ours = failing.filter(({ failsOnBase }) => !failsOnBase);
  const handsBack = made >= MOST_REPAIRS;
  await run.record({
    kind: 'checks_failed',
    head,
    checks: (ours.length > 0 ? ours : failing).map(nameOf),
    repair: ours.length > 0 && !handsBack ? made + 1 : null,
    of: MOST_REPAIRS,
  });
  if (ours.length === 0) return failsOnBase(facts, failing);
  return value({
    ...facts,
    handsBack,
    request: handsBack
      ? { ...request, command: { ...request.command, verb: 'ask', text: EXPLAIN } }
      : request,
    reports: reportsOf(ours),
  });
}

const EXPLAIN = `${MOST_REPAIRS} repairs have not made the checks of this pull request pass. Change nothing. Say what fails and why, what was tried, and what a person should look at or decide.`;

/**
 * Repairs at the end of a branch, from its commits' messages, oldest first. Following the base is none and hides none;
 * a person's commit, or one that a person asked for, starts the count again.
 */
export function repairsIn(messages: readonly string[]): number {
  let repairs = 0;
  for (const message of messages.toReversed()) {
    const cause = /^Conductor-Cause: (\w+)$/m.exec(message)?.[1];
    if (cause === 'failing_checks') repairs += 1;
    else if (cause !== 'base_moved') break;
  }
  return repairs;
}

/** The agent's words on checks that two repairs have not made pass: somebody has to go on. */
export function handedBack(answer: string): Outcome {
  return {
    ...outcome(
      'waiting',
      'checks_still_fail',
      `The checks still fail after ${MOST_REPAIRS} repairs, so Conductor changes nothing more by itself.`,
      'Push a commit, or say what to try.',
    ),
    answer,
  };
}

function failsOnBase({ base }: Facts, failing: readonly FailingCheck[]): StepResult<never> {
  const names = failing.slice(0, 5).map((check) => `\`${nameOf(check)}\``);
  const more = failing.length > names.length ? ` and ${failing.length - names.length} more` : '';
  const branch = base.pull?.baseBranch ?? base.branch;
  return ends(
    outcome(
      'done',
      'fails_on_base',
      `What fails here fails on \`${branch}\` as well, so it was not repaired: ${names.join(', ')}${more}.`,
      `Repair it on \`${branch}\` first.`,
    ),
  );
}

const nothing = (code: string, message: string) =>
  ends({ ...outcome('done', code, message, null), silent: true });
