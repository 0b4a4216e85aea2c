import type { AgentProfile } from '../agents/profile.ts';
import type { Verb } from '../commands/verbs.ts';
import type { Output } from '../config/schema.ts';
import { chooseAgent } from './choose-agent.ts';
import { type Chosen, chooseModels } from './choose-models.ts';
import type { Facts } from './gather-facts.ts';
import { ends, outcome, type StepResult, value } from './outcome.ts';
import { readOptions } from './read-options.ts';
import type { Run } from './run.ts';
import type { Budgets } from './spending.ts';

/** What was accepted: which agent, with which models, within which limits, and what it may do. */
export interface Task {
  readonly facts: Facts;
  readonly agent: AgentProfile;
  /** Asked in this order. */
  readonly models: Chosen['models'];
  readonly mayEdit: boolean;
  /** True when an answer without a change is not what was asked for. */
  readonly mustChange: boolean;
  readonly budgets: Budgets;
  readonly maxTurns: number;
  readonly timeoutMs: number;
}

/** Settles which agent and model do the work, and refuses, with the way to yes, what can't be done as asked. */
export async function accept(run: Run, facts: Facts): Promise<StepResult<Task>> {
  const { command } = run.request;
  const options = readOptions(command.options, run.ports.settings, facts.config);
  if (!options.ok) return options;

  const agent = chooseAgent(run, facts, options.value.agent);
  if (!agent.ok) return agent;
  const room = await roomFor(run, facts, agent.value);
  if (!room.ok) return room;
  const changes = mayChange(run, facts, agent.value, options.value.output);
  if (!changes.ok) return changes;
  const budgetUsd = options.value.maxCostUsd;
  const chosen = await chooseModels(run, facts, agent.value, options.value.model, budgetUsd !== null);
  if (!chosen.ok) return chosen;
  const { models, left } = chosen.value;

  await run.record({
    kind: 'command_accepted',
    agent: agent.value.name,
    title: agent.value.title,
    model: models[0].label,
    runner: agent.value.runner?.kind ?? null,
    mayEdit: changes.value,
    budgetUsd,
    timeoutMinutes: facts.config.session.timeout_minutes,
  });
  for (const { name, code } of left) {
    const hop = { agent: agent.value.name, from: name, to: models[0].label, code };
    await run.record({ kind: 'model_fell_back', ...hop });
  }
  const { per_thread_usd: thread, per_day_usd: day } = facts.config.budget;
  return value({
    facts,
    agent: agent.value,
    models,
    mayEdit: changes.value,
    mustChange: changes.value && wantsChange(command.verb),
    budgets: { run: budgetUsd, thread, day },
    maxTurns: options.value.maxTurns,
    timeoutMs: facts.config.session.timeout_minutes * 60_000,
  });
}

/** Is there room in the thread's session for this agent? Those that take part already always have theirs. */
async function roomFor(run: Run, facts: Facts, agent: AgentProfile): Promise<StepResult<null>> {
  const { threadRuns } = run.ports;
  const most = facts.config.session.max_participants;
  if (threadRuns === null) return value(null);
  const taking = await run.step('participants', () => threadRuns.agents());
  if (taking.includes(agent.name) || taking.length < most) return value(null);
  return refuse(
    'too_many_participants',
    `${taking.length} agents take part in this thread, and it may hold ${most}: ${taking.map((name) => `\`${name}\``).join(', ')}.`,
    'Address one of them, raise session.max_participants, or let the session end.',
  );
}

/** May this run change files? A command that only makes sense with changes is refused where they are impossible. */
function mayChange(run: Run, facts: Facts, agent: AgentProfile, output: Output): StepResult<boolean> {
  const { verb } = run.request.command;
  if (output === 'comment' || facts.handsBack) return value(false);
  if (wantsChange(verb) && !agent.mayEdit) {
    return refuse(
      'agent_may_not_edit',
      `The agent \`${agent.name}\` may only read and answer.`,
      'Address an agent that may edit, or give this one the `edit` tool.',
    );
  }
  return value(agent.mayEdit && verb !== 'ask' && verb !== 'review');
}

const wantsChange = (verb: Verb | null) => verb === 'fix' || verb === 'preview';

const refuse = (code: string, message: string, next: string) => ends(outcome('refused', code, message, next));
