import { type FailingCheck, nameOf, type PullCommit, reportsOf } from './failing-checks.ts';
import type { Facts } from './gather-facts.ts';
import { repairMark } from './head-marks.ts';
import { ends, type Outcome, outcome, type StepResult, value } from './outcome.ts';
import type { Run } from './run.ts';

const MOST_REPAIRS = 2;
/** However often people push or ask in between. */
const MOST_IN_ALL = 6;
/** Of a longer pull request GitHub lists the first commits only: what was repaired last is not known. */
const MOST_COMMITS = 249;

/**
 * What failing checks ask for: to be repaired, twice at most until a person takes it up, and then to be explained.
 * Nothing is done for a commit that is not the head any more, or that has been seen to, nor for what fails on the base
 * branch as well.
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
  const made = repairsIn(await run.step('commits', () => ports.followUps.commits()));
  const ours = failing.filter(({ failsOnBase }) => !failsOnBase);
  const handsBack = made === 'all';
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

const EXPLAIN = `The repairs that Conductor makes by itself have not made the checks of this pull request pass. Change nothing. Say what fails and why, what was tried, and what a person should look at or decide.`;

/**
 * Repairs on a branch since a person last made a commit there or asked for one, from its commits, oldest first; `all`:
 * no more may be made. Following the base and what bots push are none, and hide none.
 */
export function repairsIn(commits: readonly PullCommit[]): number | 'all' {
  const lastTaken = commits.findLastIndex(isTakenUp);
  const made = commits.slice(lastTaken + 1).filter(isRepair).length;
  const isSpent =
    made >= MOST_REPAIRS || commits.filter(isRepair).length >= MOST_IN_ALL || commits.length > MOST_COMMITS;
  return isSpent ? 'all' : made;
}

const isRepair = (commit: PullCommit) => commit.by === 'conductor' && commit.cause === 'failing_checks';

/** A person looks after it, and what fails then is another failure. */
const isTakenUp = (commit: PullCommit) =>
  commit.by === 'conductor'
    ? commit.cause === null || commit.cause === 'changes_requested'
    : commit.by === 'person';

/** The agent's words on checks that all repairs have not made pass: somebody has to go on. */
export function handedBack(answer: string): Outcome {
  return {
    ...outcome(
      'waiting',
      'checks_still_fail',
      'The checks still fail after all repairs that Conductor makes by itself, so it changes nothing more.',
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
