import type { CommandRequest } from '../commands/request.ts';
import { accept } from './accept.ts';
import { answerVerb } from './answer-verb.ts';
import { checkAsker } from './check-asker.ts';
import { endRun } from './end-run.ts';
import { gatherFacts } from './gather-facts.ts';
import { judgeProposal } from './judge-proposal.ts';
import type { Outcome } from './outcome.ts';
import type { RunPorts } from './ports.ts';
import { publishChange } from './publish-change.ts';
import { openRun, type Run, unexpected } from './run.ts';
import { keepStatus } from './status-keeper.ts';
import { think } from './think.ts';

/**
 * Executes one command, from accepted to its one outcome. Whatever happens on the way, a crash of our own code
 * included, the run ends in exactly one outcome, and the thread is told.
 */
export async function executeRun(request: CommandRequest, ports: RunPorts): Promise<Outcome> {
  const run = openRun(request, ports);
  const status = keepStatus(run);
  const outcome = await work(run).catch((error) => unexpected(run.id, error));
  return endRun(run, status, outcome);
}

async function work(run: Run): Promise<Outcome> {
  await start(run);

  const asker = await checkAsker(run); //            may this person ask for anything here?
  if (!asker.ok) return asker.outcome;

  const told = answerVerb(run); //                   help and its like need no agent
  if (told) return told;

  const facts = await gatherFacts(run, asker.value); // base, config, agents: all from the base branch
  if (!facts.ok) return facts.outcome;

  const task = await accept(run, facts.value); //    which agent, which model, and what may it do?
  if (!task.ok) return task.outcome;

  const thought = await think(run, task.value); //   read-only tools in, plain data out
  if (!thought.ok) return thought.outcome;

  const judged = await judgeProposal(run, task.value, thought.value); // policy decides
  if (!judged.ok) return judged.outcome;

  return publishChange(run, task.value, judged.value); // the only writer
}

async function start(run: Run): Promise<void> {
  const { asker, thread, command, asking } = run.request;
  await run.record({
    kind: 'run_started',
    asker: asker.login,
    thread: thread.number,
    verb: command.verb,
    askedAt: asking.createdAt,
    askingUrl: asking.url,
    asked: asking.body,
  });
  await run.attempt('reaction', 'acknowledge', () => run.ports.publisher.acknowledge());
}
