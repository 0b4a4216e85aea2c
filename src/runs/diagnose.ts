import type { Price } from '../agents/model.ts';
import type { Roster } from '../agents/roster.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { Config } from '../config/schema.ts';
import type { Models } from './ports.ts';

/** How one configured model is. */
export interface ModelDiagnosis {
  readonly name: string;
  /** `provider/model`. */
  readonly label: string;
  readonly price: Price | null;
  /** What is wrong, and what to do; null: it can be asked. Never a key. */
  readonly problem: { readonly code: string; readonly message: string; readonly next: string | null } | null;
}

/** How one agent is: `models` that it may ask, and whether one of them works. */
export interface AgentDiagnosis {
  readonly name: string;
  readonly title: string;
  readonly models: readonly string[];
  readonly ready: boolean;
}

/**
 * Looks at every configured model (is its key there, does its address answer, is its price known) and at every agent.
 * Asks vendors only for what costs nothing. Never throws.
 */
export async function diagnose(
  config: Config,
  roster: Roster,
  trusted: Workspace,
  models: Models,
  signal: AbortSignal,
): Promise<{ readonly models: readonly ModelDiagnosis[]; readonly agents: readonly AgentDiagnosis[] }> {
  const names = config.agent.type === 'mock' ? ['mock'] : Object.keys(config.models);
  const found = await Promise.all(names.map((name) => diagnoseModel(config, name, trusted, models, signal)));
  const works = new Set(found.filter(({ problem }) => problem === null).map(({ name }) => name));
  const agents = [...roster.agents.values()].map(({ name, title, models: own }) => {
    const listed = own.length > 0 ? own : config.agent.models.flat();
    const asked = config.agent.type === 'mock' ? names : listed.length > 0 ? listed : names;
    return { name, title, models: asked, ready: asked.some((each) => works.has(each)) };
  });
  return { models: found, agents };
}

async function diagnoseModel(
  config: Config,
  name: string,
  trusted: Workspace,
  models: Models,
  signal: AbortSignal,
): Promise<ModelDiagnosis> {
  const entry = config.models[name];
  const label = entry ? `${entry.provider}/${entry.model}` : name;
  const opened = await models.open(config, name, trusted);
  if (!opened.ok) return { name, label, price: null, problem: opened.outcome };
  const { price } = opened.value;
  if (price === null && config.budget.unpriced === 'refuse') {
    const message = 'Its price is not known, so no budget can be kept with it.';
    const next = 'Give it a `price`, or set `budget.unpriced: allow`.';
    return { name, label, price, problem: { code: 'model_unpriced', message, next } };
  }
  const failure = await opened.value.check(signal);
  return {
    name,
    label,
    price,
    problem: failure && { code: failure.code, message: failure.message, next: NEXT[failure.code] ?? null },
  };
}

const NEXT: Readonly<Record<string, string>> = {
  model_auth: 'Set a key that its vendor accepts, where Conductor runs.',
  model_unknown: 'Correct `model`, or the account that the key belongs to.',
  model_unavailable: 'See that its address is right and answers.',
  model_timeout: 'See that its address is right and answers.',
  model_stopped: 'It was waited for, and did not answer in time: see that its address is right.',
  model_spend_cap: 'Raise the account’s limit at its vendor.',
};
