import type { CommandRequest } from '../commands/request.ts';
import { answerFromFacts } from './answer-from-facts.ts';
import { answerVerb } from './answer-verb.ts';
import { decideApproval } from './approvals/decide.ts';
import { checkAsker, checkThread } from './check-asker.ts';
import { controlThread } from './control-thread.ts';
import { type Ended, endRun } from './end-run.ts';
import { findSubject } from './find-subject.ts';
import { followUp } from './follow-up.ts';
import { gatherFacts } from './gather-facts.ts';
import { land } from './land.ts';
import type { Outcome } from './outcome.ts';
import type { RunPorts } from './ports.ts';
import { propose } from './propose.ts';
import { endedBy, openRun, type Run, recordStart } from './run.ts';
import { keepStatus } from './status-keeper.ts';

/**
 * Executes one command, from accepted to its one outcome. Whatever happens on the way, a crash of our own code
 * included, the run ends in exactly one outcome, and the thread is told. An interrupted run is executed again from
 * the start: what it did before is remembered, step by step, and comes out the same. Throws only ExecutionLost.
 */
export async function executeRun(request: CommandRequest, ports: RunPorts): Promise<Ended> {
  const run = openRun(request, ports);
  const status = keepStatus(run);
  const outcome = await work(run).catch((error) => endedBy(run, error));
  return endRun(run, status, outcome);
}

async function work(run: Run): Promise<Outcome> {
  await recordStart(run);

  const { turnedDown } = run.ports; //               too much at once?
  if (turnedDown) return turnedDown;

  const asker = await checkAsker(run); //            may this person ask for anything here?
  if (!asker.ok) return asker.outcome;

  const controlled = await controlThread(run); //    stop, retry and status act on other runs
  if (controlled) return controlled;

  const thread = checkThread(run); //                does the thread take commands?
  if (!thread.ok) return thread.outcome;

  const told = answerVerb(run); //                   help and its like need no agent
  if (told) return told;

  const subject = await findSubject(run); //         the thread; or a pull request of our own, to undo or bring along
  if (!subject.ok) return subject.outcome;

  const facts = await gatherFacts(run, asker.value, subject.value); // base, config, agents: from the base branch
  if (!facts.ok) return facts.outcome;

  const shown = await answerFromFacts(run, facts.value); // budget and doctor need no agent either
  if (shown) return shown;

  const decided = await decideApproval(run, facts.value); // a yes or a no; a no with its reason is work
  if (!decided.ok) return decided.outcome;

  const asked = await followUp(run, decided.value); // a review's line comments, what failing checks report
  if (!asked.ok) return asked.outcome;

  const proposal = await propose(run, asked.value); // an agent thinks, or git alone works it out: plain data out
  if (!proposal.ok) return proposal.outcome;

  return land(run, asked.value, proposal.value); //  policy decides; the one writer publishes
}
