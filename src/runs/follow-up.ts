import type { Facts } from './gather-facts.ts';
import { ends, outcome, type StepResult, value } from './outcome.ts';
import { readFailingChecks } from './repair.ts';
import type { Run } from './run.ts';

/** What is asked beside the words that asked: the line comments of a review, what failing checks report. */
export async function followUp(run: Run, facts: Facts): Promise<StepResult<Facts>> {
  const { cause, asking } = run.request;
  const own = facts.base.pull?.own ?? false;
  if (cause === 'failing_checks') return own ? readFailingChecks(run, facts) : notOurs();
  if (cause === 'changes_requested' && !own) return notOurs();
  return asking.kind === 'review' && own ? readRemarks(run, facts) : value(facts);
}

/** A review of Conductor's own pull request is asked for as a whole: its comments on lines are part of the request. */
async function readRemarks(run: Run, facts: Facts): Promise<StepResult<Facts>> {
  const { request, ports } = run;
  const remarks = await run.step('review', () => ports.followUps.remarksOf(request.asking.id));
  const onLines = remarks.map(
    ({ path, line, body }) => `${path}${line === null ? '' : `, line ${line}`}:\n${body}`,
  );
  const text = [request.command.text, ...onLines].join('\n\n');
  return value({ ...facts, request: { ...request, command: { ...request.command, text } } });
}

/** The payload only looked so; GitHub has the word. */
const notOurs = () =>
  ends({
    ...outcome('done', 'not_ours', 'This is not a pull request of Conductor’s own.', null),
    silent: true,
  });
