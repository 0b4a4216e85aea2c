import type { Meter } from '../agents/meter.ts';
import { runAgent } from '../agents/run-agent.ts';
import type { Thought } from '../agents/thought.ts';
import type { ContextPack } from '../threads/context-pack.ts';
import type { Task } from './accept.ts';
import { askCli } from './ask-cli.ts';
import { askModels } from './ask-models.ts';
import { nameOfAsked } from './asks-mark.ts';
import { briefOf, gatherContext, guidanceOf, packed } from './gather-context.ts';
import { createMeter } from './meter.ts';
import { ends, outcome, type StepResult, value } from './outcome.ts';
import { handedBack } from './repair.ts';
import { type Run, RunStopped } from './run.ts';
import type { Undone } from './run-events.ts';

/** A change that an agent proposes, or git alone; `undoes`: what it takes back. */
export type Proposal = Extract<Thought, { kind: 'proposal' }> & { readonly undoes?: Undone };

/** Lets the agent think, and gives what it came to. */
export async function think(run: Run, task: Task): Promise<Thought> {
  const deadline = run.ports.clock.deadline(task.timeoutMs);
  try {
    const meter = createMeter(run, task);
    const pack = await gatherContext(task.facts, task.models);
    await run.record({ kind: 'context_packed', ...packed(pack) });
    if (pack.editedSince.length > 0) await run.record({ kind: 'context_left_out', items: pack.editedSince });
    const interrupted = AbortSignal.any([deadline.signal, run.ports.control.signal]);
    const thought = task.agent.runner
      ? await askCli(run, task, pack, meter, interrupted)
      : await runTools(run, task, pack, meter, interrupted);
    if (thought.kind === 'failure' && thought.code === 'run_interrupted') {
      const stop = await run.ports.control.stop();
      if (stop) throw new RunStopped(stop);
    }
    return thought;
  } finally {
    deadline.cancel();
  }
}

/** Conductor's own loop: the model asks for tools, and gets their results. */
function runTools(
  run: Run,
  task: Task,
  pack: ContextPack,
  meter: Meter,
  signal: AbortSignal,
): Promise<Thought> {
  return runAgent(
    {
      profile: task.agent,
      mayEdit: task.mayEdit,
      mustChange: task.mustChange,
      request: briefOf(pack, task.facts.delimiter),
      guidance: guidanceOf(pack),
      workspace: task.facts.workspace,
      maxTurns: task.maxTurns,
    },
    askModels(run, task, meter),
    signal,
    { toolUsed: (use) => run.record({ kind: 'tool_used', agent: task.agent.name, ...use }) },
  );
}

/** An agent that needs a yes first: the run ends, and the answer begins the next one. */
async function approvalAsked(
  run: Run,
  { agent }: Pick<Task, 'agent'>,
  what: string,
): Promise<StepResult<Proposal>> {
  const name = nameOfAsked(run.id, what);
  await run.record({ kind: 'approval_asked', name, by: run.request.asker.id });
  return ends({
    state: 'waiting',
    code: 'approval_asked',
    message: `${agent.title} asks for an approval before going on.`,
    next: `Somebody who may approve answers with \`approve ${name}\`, or \`deny ${name}\` and why.`,
    answer: what,
  });
}

/** An answer, a question or a failure ends the run; a proposal goes on to policy. */
export async function concludeThought(
  run: Run,
  thought: Thought,
  task: Pick<Task, 'facts' | 'agent' | 'timeoutMs'>,
): Promise<StepResult<Proposal>> {
  switch (thought.kind) {
    case 'proposal':
      return value(thought);
    case 'answer':
      if (task.facts.handsBack) return ends(handedBack(thought.text));
      return ends({
        state: 'done',
        code: 'answered',
        message: 'Answered.',
        next: null,
        answer: thought.text,
      });
    case 'approval':
      return approvalAsked(run, task, thought.text);
    case 'question':
      return ends({
        state: 'waiting',
        code: 'question_asked',
        message: `${task.agent.title} needs an answer before going on.`,
        next: 'Answer in a comment that mentions Conductor again.',
        answer: thought.text,
      });
    case 'failure':
      if (thought.code === 'run_interrupted') {
        const minutes = Math.round(task.timeoutMs / 60_000);
        return ends(
          outcome(
            'stopped',
            'timed_out',
            `The run reached its limit of ${minutes} minutes.`,
            'Ask for a smaller step, or raise session.timeout_minutes.',
          ),
        );
      }
      return ends({
        state: thought.code === 'budget_reached' ? 'stopped' : 'failed',
        code: thought.code,
        message: thought.message,
        next: thought.next,
        answer: thought.text || null,
      });
  }
}
