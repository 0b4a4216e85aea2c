import { costIn } from './cost-mark.ts';
import { diagnose, type ModelDiagnosis } from './diagnose.ts';
import type { Facts } from './gather-facts.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { Run } from './run.ts';
import { table } from './table.ts';
import { tellContext } from './tell-context.ts';

/** Answers what needs the repository's config, and no agent: `budget`, `doctor` and `context`. Null: go on. */
export async function answerFromFacts(run: Run, facts: Facts): Promise<Outcome | null> {
  switch (run.request.command.verb) {
    case 'budget':
      return budget(run, facts);
    case 'doctor':
      return doctor(run, facts);
    case 'context':
      return tellContext(facts);
    default:
      return null;
  }
}

async function budget(run: Run, { config, transcript }: Facts): Promise<Outcome> {
  const { spending } = run.ports;
  const totals = await run.step('totals', () => spending.totals());
  const thread = spending.remembers ? totals.thread : costIn(transcript);
  const day = spending.remembers ? dollars(totals.day) : 'not known in a workflow';
  const { per_run_usd, per_thread_usd, per_day_usd } = config.budget;
  const rows = [
    ['this thread', dollars(thread), dollars(per_thread_usd)],
    ['this repository today (UTC)', day, dollars(per_day_usd)],
    ['any one run', '', dollars(per_run_usd)],
  ];
  return outcome('done', 'budget_told', table(['', 'spent or reserved', 'limit'], rows), null);
}

/** A vendor that is silent for longer is as good as away, and somebody waits for the table. */
const ASK_WITHIN_MS = 20_000;

async function doctor(run: Run, { config, roster, trusted }: Facts): Promise<Outcome> {
  const { models, control, health, clock } = run.ports;
  const found = await run.step('doctor', async () => {
    const limit = clock.deadline(ASK_WITHIN_MS);
    const signal = AbortSignal.any([limit.signal, control.signal]);
    return diagnose(config, roster, trusted, models, signal).finally(limit.cancel);
  });
  const modelRows = found.models.map((model) => {
    const last = health.lastFailure(model.label);
    return [
      `\`${model.name}\` (\`${model.label}\`)`,
      priceOf(model),
      model.problem ? `✗ ${model.problem.message} ${model.problem.next ?? ''}`.trim() : '✓',
      last ? `\`${last.code}\`, ${new Date(last.at).toISOString()}` : '',
    ];
  });
  const agentRows = found.agents.map(({ name, title, models: own, ready }) => [
    `\`${name}\``,
    title,
    own.map((each) => `\`${each}\``).join(', ') || 'none is configured',
    ready ? '✓' : '✗ none of its models can be asked',
  ]);
  const parts = [
    table(['model', 'price', 'can be asked', 'last failure'], modelRows),
    table(['agent', 'title', 'models', 'ready'], agentRows),
  ];
  return outcome('done', 'doctor_told', parts.join('\n\n'), null);
}

function priceOf({ price }: ModelDiagnosis): string {
  if (price === null) return 'not known';
  return `$${price.input} in, $${price.output} out per million tokens (${price.source})`;
}

const dollars = (usd: number) => `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
