import type { AgentProfile } from '../agents/profile.ts';
import type { Verb } from '../commands/verbs.ts';
import type { Output } from '../config/schema.ts';
import { chooseAgent } from './choose-agent.ts';
import { type Chosen, chooseModels } from './choose-models.ts';
import type { Facts } from './gather-facts.ts';
import { ends, outcome, type StepResult, value } from './outcome.ts';
import { type AskedOptions, readOptions } from './read-options.ts';
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

/** Which agent was asked, and what it may do, whoever lets it think. */
export interface Asked {
  readonly agent: AgentProfile;
  readonly options: AskedOptions;
  readonly mayEdit: boolean;
  readonly mustChange: boolean;
}

/** Settles which agent does the work, and what it may do; refuses, with the way to yes, what can't be done as asked. */
export async function acceptAgent(run: Run, facts: Facts): Promise<StepResult<Asked>> {
  const { command } = run.request;
  const options = readOptions(command.options, run.ports.settings, facts.config);
  if (!options.ok) return options;

  const agent = chooseAgent(run, facts, options.value.agent);
  if (!agent.ok) return agent;
  const room = await roomFor(run, facts, agent.value);
  if (!room.ok) return room;
  const changes = mayChange(run, facts, agent.value, options.value.output);
  if (!changes.ok) return changes;
  return value({
    agent: agent.value,
    options: options.value,
    mayEdit: changes.value,
    mustChange: changes.value && wantsChange(command.verb),
  });
}

/** Records who does the work, with which model. */
export async function recordAccepted(
  run: Run,
  facts: Facts,
  { agent, options, mayEdit }: Asked,
  model: string,
): Promise<void> {
  await run.record({
    kind: 'command_accepted',
    agent: agent.name,
    title: agent.title,
    model,
    runner: agent.runner?.kind ?? null,
    mayEdit,
    budgetUsd: options.maxCostUsd,
    timeoutMinutes: facts.config.session.timeout_minutes,
  });
}

/** Settles agent and models, and the limits within which they work. */
export async function accept(run: Run, facts: Facts): Promise<StepResult<Task>> {
  const asked = await acceptAgent(run, facts);
  if (!asked.ok) return asked;
  const { agent, options, mayEdit, mustChange } = asked.value;
  const budgetUsd = options.maxCostUsd;
  const chosen = await chooseModels(run, facts, agent, options.model, budgetUsd !== null);
  if (!chosen.ok) return chosen;
  const { models, left } = chosen.value;

  await recordAccepted(run, facts, asked.value, models[0].label);
  for (const { name, code } of left) {
    const hop = { agent: agent.name, from: name, to: models[0].label, code };
    await run.record({ kind: 'model_fell_back', ...hop });
  }
  const { per_thread_usd: thread, per_day_usd: day } = facts.config.budget;
  return value({
    facts,
    agent,
    models,
    mayEdit,
    mustChange,
    budgets: { run: budgetUsd, thread, day },
    maxTurns: options.maxTurns,
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
