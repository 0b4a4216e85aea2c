import type { Facts } from './gather-facts.ts';
import { ends, outcome, type StepResult, value } from './outcome.ts';
import type { KnownPull } from './own-pull-ports.ts';
import { proposeAgain } from './reapply.ts';
import type { Run } from './run.ts';
import type { Undone } from './run-events.ts';
import type { Proposal } from './think.ts';

/** Proposes the reverse of what Conductor brought, made on the branch as it is now. */
export async function proposeUndo(run: Run, facts: Facts, pull: KnownPull): Promise<StepResult<Proposal>> {
  const what = await (pull.state === 'merged' ? mergeToUndo(run, pull) : commitToUndo(run, pull));
  if (!what.ok) return what;
  const { undone, from, to } = what.value;
  const { ownPulls } = run.ports;
  const reverse = await ownPulls.changesBetween(to, from);
  if (!reverse.ok) return reverse;
  const named = undone.commit === null ? `#${pull.number}` : `\`${undone.commit.slice(0, 7)}\``;
  const proposed = await proposeAgain(facts, reverse.value, {
    summary: `Takes back what ${named} (“${pull.title}”) changed.`,
    conflict: `${named} can’t be undone by git alone, because other changes came on top of it. Nothing was written.`,
    nothing: `Nothing of ${named} is left on \`${facts.base.branch}\`: it is undone already.`,
    next: 'Undo those first, or ask for it in words: an agent can take it back line by line.',
  });
  return proposed.ok ? value({ ...proposed.value, undoes: undone }) : proposed;
}

interface ToUndo {
  readonly undone: Undone;
  readonly from: string;
  readonly to: string;
}

/** All that the merge brought, whichever way it was merged. */
async function mergeToUndo(run: Run, pull: KnownPull): Promise<StepResult<ToUndo>> {
  const { ownPulls } = run.ports;
  const other = await run.step('undone-already', () => ownPulls.undoing(pull.number, run.id));
  if (other) {
    const done = other.isMerged ? `#${other.number} undid it.` : `#${other.number} undoes it: merge that.`;
    return ends(outcome('done', 'undone_already', `#${pull.number} is undone already. ${done}`, null));
  }
  const brought = await run.step('brought-by-merge', () => ownPulls.broughtBy(pull));
  if (brought === null)
    return refuse(
      'not_by_git_alone',
      `#${pull.number} was rebased onto its base, and which commits it brought can’t be told for sure.`,
      'Use git revert with those commits.',
    );
  const { number, title, url } = pull;
  return value({ ...brought, undone: { number, title, url, commit: null } });
}

/** Conductor's last commit on the branch. What people committed there is never taken back. */
async function commitToUndo(run: Run, pull: KnownPull): Promise<StepResult<ToUndo>> {
  const { number, title, url } = pull;
  const last = await run.step('last-commit', () => run.ports.ownPulls.lastCommit(pull));
  if (last === null)
    return refuse('nothing_to_undo', `#${number} has no commit of Conductor’s.`, 'Close it instead.');
  if (last.undoes !== null) {
    const [by, what] = [last.to, last.undoes].map((commit) => `\`${commit.slice(0, 7)}\``);
    return ends(
      outcome(
        'done',
        'undone_already',
        `Conductor’s last change here, ${what}, is undone already: ${by} took it back.`,
        'To be rid of the rest, close the pull request.',
      ),
    );
  }
  return value({ from: last.from, to: last.to, undone: { number, title, url, commit: last.to } });
}

const refuse = (code: string, message: string, next: string | null) =>
  ends(outcome('refused', code, message, next));
