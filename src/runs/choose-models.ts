import type { Model } from '../agents/model.ts';
import type { AgentProfile } from '../agents/profile.ts';
import type { Facts } from './gather-facts.ts';
import { inOrder, type Preference } from './model-order.ts';
import { ends, type Outcome, outcome, type StepResult, value } from './outcome.ts';
import type { Run } from './run.ts';

/** The models that a run may ask, first to last. */
export interface Chosen {
  readonly models: readonly [Model, ...Model[]];
  /** Those that were meant to come before the first, and can't be asked at all. */
  readonly left: readonly { readonly name: string; readonly code: string }[];
}

/**
 * Opens the models of an agent, in the order in which they are asked: its own, else the config's. One that is asked for
 * by name is asked alone. A model that can't be opened (no key, no price) is left out where another one is there.
 */
export async function chooseModels(
  run: Run,
  facts: Facts,
  agent: AgentProfile,
  asked: string | null,
  budgeted: boolean,
): Promise<StepResult<Chosen>> {
  const { config } = facts;
  const mock = config.agent.type === 'mock';
  if (!mock) {
    const allowed = agent.models.length > 0 ? agent.models : Object.keys(config.models);
    if (asked !== null && !allowed.includes(asked)) {
      return refuse(
        'model_not_allowed',
        `\`${asked.slice(0, 64)}\` is not a model that ${agent.name} may use.`,
        `Allowed: ${allowed.map((name) => `\`${name}\``).join(', ') || 'none is configured'}.`,
      );
    }
  }
  const names = mock ? ['mock'] : asked === null ? await ordered(run, facts, agent) : [asked];
  const models: Model[] = [];
  const left: { name: string; code: string; outcome: Outcome }[] = [];
  for (const name of names) {
    const opened = await open(run, facts, name, budgeted);
    if (opened.ok) models.push(opened.value);
    else if (models.length === 0) left.push({ name, code: opened.outcome.code, outcome: opened.outcome });
  }
  const [first, ...others] = models;
  if (first)
    return value({ models: [first, ...others], left: left.map(({ name, code }) => ({ name, code })) });
  if (left[0]) return ends(left[0].outcome);
  return refuse(
    'no_model',
    'No model is configured for this repository.',
    'Add one under `models:` in `.github/conductor.yml`, or try things out with `agent: { type: mock }`.',
  );
}

/** Remembered, since which models are better left alone is known to this process only. */
async function ordered(run: Run, { config }: Facts, agent: AgentProfile): Promise<readonly string[]> {
  const { health } = run.ports;
  const all = Object.keys(config.models);
  const own: Preference = agent.models.length > 0 ? agent.models : config.agent.models;
  const preference = own.length > 0 ? own : all;
  if (preference.flat().length < 2) return preference.flat();
  const labels = new Map(
    Object.entries(config.models).map(([name, { provider, model }]) => [name, `${provider}/${model}`]),
  );
  return run.step('models', async () =>
    inOrder(preference, {
      seed: run.id,
      weightOf: (name) => config.models[name]?.weight ?? 1,
      coolsDown: (name) => health.coolsDown(labels.get(name) ?? ''),
    }),
  );
}

async function open(run: Run, facts: Facts, name: string, budgeted: boolean): Promise<StepResult<Model>> {
  const opened = await run.ports.models.open(facts.config, name, facts.trusted);
  if (!opened.ok || opened.value.price !== null || !budgeted || facts.config.budget.unpriced === 'allow')
    return opened;
  return refuse(
    'model_unpriced',
    `The price of \`${opened.value.label}\` is not known, so a budget can’t be kept.`,
    'Give the model a `price` in the config, or set `budget.unpriced: allow`.',
  );
}

const refuse = (code: string, message: string, next: string) => ends(outcome('refused', code, message, next));
