import type { Model } from '../agents/model.ts';
import type { AgentProfile } from '../agents/profile.ts';
import { chooseAgent } from './choose-agent.ts';
import type { Facts } from './gather-facts.ts';
import { ends, outcome, type StepResult, value } from './outcome.ts';
import { readOptions } from './read-options.ts';
import type { Run } from './run.ts';

/** What was accepted: which agent, with which model, within which limits, and what it may do. */
export interface Task {
  readonly facts: Facts;
  readonly agent: AgentProfile;
  readonly model: Model;
  readonly mayEdit: boolean;
  /** True when an answer without a change is not what was asked for. */
  readonly mustChange: boolean;
  /** Judge and show, write no branch. */
  readonly preview: boolean;
  /** US dollars; null only when the config sets no limit. */
  readonly budgetUsd: number | null;
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
  const changes = mayChange(run, facts, agent.value);
  if (!changes.ok) return changes;
  const model = await chooseModel(run, facts, agent.value, options.value.model);
  if (!model.ok) return model;

  const budgetUsd = options.value.maxCostUsd;
  if (model.value.price === null && facts.config.budget.unpriced === 'refuse' && budgetUsd !== null) {
    return refuse(
      'model_unpriced',
      `The price of \`${model.value.label}\` is not known, so a budget can’t be kept.`,
      'Give the model a `price` in the config, or set `budget.unpriced: allow`.',
    );
  }
  await run.record({
    kind: 'command_accepted',
    agent: agent.value.name,
    title: agent.value.title,
    model: model.value.label,
    mayEdit: changes.value,
    budgetUsd,
    timeoutMinutes: facts.config.session.timeout_minutes,
  });
  return value({
    facts,
    agent: agent.value,
    model: model.value,
    mayEdit: changes.value,
    mustChange: command.verb === 'fix' || command.verb === 'preview',
    preview: command.verb === 'preview' || run.ports.settings.dryRun,
    budgetUsd,
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
function mayChange(run: Run, facts: Facts, agent: AgentProfile): StepResult<boolean> {
  const { verb } = run.request.command;
  const wantsChange = verb === 'fix' || verb === 'preview';
  if (wantsChange && facts.base.readOnlyReason) {
    return refuse(
      'read_only_thread',
      facts.base.readOnlyReason,
      'Use `ask` or `review` here, or make the request on an issue.',
    );
  }
  if (wantsChange && !agent.mayEdit) {
    return refuse(
      'agent_may_not_edit',
      `The agent \`${agent.name}\` may only read and answer.`,
      'Address an agent that may edit, or give this one the `edit` tool.',
    );
  }
  return value(agent.mayEdit && facts.base.readOnlyReason === null && verb !== 'ask' && verb !== 'review');
}

async function chooseModel(
  run: Run,
  facts: Facts,
  agent: AgentProfile,
  asked: string | null,
): Promise<StepResult<Model>> {
  const { config, trusted } = facts;
  if (config.agent.type === 'mock') return run.ports.models.open(config, 'mock', trusted);

  const allowed = agent.models.length > 0 ? agent.models : Object.keys(config.models);
  if (asked !== null && !allowed.includes(asked)) {
    return refuse(
      'model_not_allowed',
      `\`${asked}\` is not a model that ${agent.name} may use.`,
      `Allowed: ${allowed.map((name) => `\`${name}\``).join(', ') || 'none is configured'}.`,
    );
  }
  const name = asked ?? agent.models[0] ?? config.agent.models[0] ?? Object.keys(config.models)[0];
  if (name === undefined) {
    return refuse(
      'no_model',
      'No model is configured for this repository.',
      'Add one under `models:` in `.github/conductor.yml`, or try things out with `agent: { type: mock }`.',
    );
  }
  return run.ports.models.open(config, name, trusted);
}

const refuse = (code: string, message: string, next: string) => ends(outcome('refused', code, message, next));
