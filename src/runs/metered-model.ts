import { createHash } from 'node:crypto';
import { costOf, type Model, type ModelAnswer, type Prompt } from '../agents/model.ts';
import type { Task } from './accept.ts';
import type { Run } from './run.ts';

/** Characters a token: low on purpose, so that the worst case of a call is not estimated below what it costs. */
const CHARACTERS_A_TOKEN = 3;

/**
 * Wraps a model so that every call is a remembered step and a run event, and none is made whose worst case would
 * pass the run's budget. A call's worst case is its whole prompt uncached and its whole output.
 */
export function meteredModel(run: Run, task: Task): Model {
  const { model, agent, budgetUsd } = task;
  let calls = 0;

  return {
    ...model,
    async ask(prompt, signal) {
      const serialised = JSON.stringify(prompt);
      const spent = run.view().costUsd;
      const worst = worstCase(serialised, prompt, model);
      if (budgetUsd !== null && worst !== null && spent + worst > budgetUsd)
        return overBudget(spent, worst, budgetUsd);

      calls += 1;
      const answer = await run.step(`model-${agent.name}-${calls}`, () => model.ask(prompt, signal));
      await run.record({
        kind: 'model_called',
        agent: agent.name,
        model: model.label,
        promptDigest: `sha256:${createHash('sha256').update(serialised).digest('hex')}`,
        inputTokens: answer.ok
          ? answer.turn.usage.input + answer.turn.usage.cacheRead + answer.turn.usage.cacheWrite
          : 0,
        outputTokens: answer.ok ? answer.turn.usage.output : 0,
        costUsd: model.price === null ? null : answer.ok ? costOf(answer.turn.usage, model.price) : 0,
        failure: answer.ok ? null : answer.failure.code,
      });
      return answer;
    },
  };
}

function worstCase(serialised: string, prompt: Prompt, model: Model): number | null {
  if (model.price === null) return null;
  const input = Math.ceil(serialised.length / CHARACTERS_A_TOKEN);
  return costOf(
    { input: 0, cacheRead: 0, cacheWrite: input, output: prompt.maxOutputTokens },
    { ...model.price, cacheWrite: Math.max(model.price.input, model.price.cacheWrite ?? 0) },
  );
}

function overBudget(spent: number, worst: number, budget: number): ModelAnswer {
  const message = `The next model call could cost up to $${worst.toFixed(2)}; $${spent.toFixed(2)} of this run's $${budget.toFixed(2)} is spent.`;
  return {
    ok: false,
    failure: { code: 'budget_reached', message, retryable: false, retryAfterSeconds: null },
  };
}
