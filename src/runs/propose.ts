import { accept } from './accept.ts';
import { proposeOnMovedBase } from './base-moved.ts';
import type { Facts } from './gather-facts.ts';
import { failureOf, giveThought, leftToTheWriter, takeThought } from './hand-over.ts';
import type { StepResult } from './outcome.ts';
import type { Run } from './run.ts';
import { concludeThought, type Proposal, think } from './think.ts';
import { proposeUndo } from './undo.ts';

/** Comes to a proposal: by an agent that thinks, or by git alone. Whatever else it comes to ends the run. */
export async function propose(run: Run, facts: Facts): Promise<StepResult<Proposal>> {
  const { subject } = facts;
  const { handOver } = run.ports;
  if (handOver?.part === 'think' && subject.kind !== 'thread') return leftToTheWriter();
  if (subject.kind === 'undo') return proposeUndo(run, facts, subject.pull);
  if (subject.kind === 'base_moved') return proposeOnMovedBase(run, facts, subject.pull);
  if (handOver?.part === 'write') return takeThought(run, facts, handOver);
  const task = await accept(run, facts); //          which agent, which models, and what may it do?
  if (!task.ok) return handOver ? giveThought(run, facts, handOver, failureOf(task.outcome)) : task;
  const thought = await think(run, task.value); //   read-only tools in, plain data out
  return handOver ? giveThought(run, facts, handOver, thought) : concludeThought(run, thought, task.value);
}
