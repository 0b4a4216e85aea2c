import { createHash } from 'node:crypto';
import { costOf, type Model, type ModelAnswer, type Prompt } from '../agents/model.ts';
import type { Task } from './accept.ts';
import type { Run } from './run.ts';
import { pause } from './step-policy.ts';

/** Characters a token: low on purpose, so that the worst case of a call is not estimated below what it costs. */
const CHARACTERS_A_TOKEN = 3;
/** A vendor that asks for more is as good as away. */
const LONGEST_WAIT_MS = 60_000;

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
      return askPersistently(prompt, signal);
    },
  };

  /** Asks again, a few times, where the same call may succeed later. Every call is a step and a fact of its own. */
  async function askPersistently(prompt: Prompt, signal: AbortSignal): Promise<ModelAnswer> {
    const waits = [...run.ports.settings.retryAfterMs, null];
    for (const [again, waitMs] of waits.entries()) {
      const answer = await askOnce(
        `model-${agent.name}-${calls}${again ? `-again-${again}` : ''}`,
        prompt,
        signal,
      );
      if (answer.ok || !answer.failure.retryable || waitMs === null || signal.aborted) return answer;
      const asked = (answer.failure.retryAfterSeconds ?? 0) * 1_000;
      if (asked > LONGEST_WAIT_MS) return answer;
      await pause(run.ports.clock, Math.max(waitMs, asked), signal);
    }
    throw new Error('unreachable');
  }

  async function askOnce(step: string, prompt: Prompt, signal: AbortSignal): Promise<ModelAnswer> {
    const serialised = JSON.stringify(prompt);
    const answer = await run.step(step, async () => interruptedOr(await model.ask(prompt, signal), signal));
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
  }
}

/** Says in the remembered answer that it was cut short on purpose: gone through again, nothing else would tell. */
function interruptedOr(answer: ModelAnswer, signal: AbortSignal): ModelAnswer {
  if (answer.ok || !signal.aborted) return answer;
  const message = 'The run reached its time limit.';
  return {
    ok: false,
    failure: { code: 'run_interrupted', message, retryable: false, retryAfterSeconds: null },
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
