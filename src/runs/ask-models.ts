import { createHash } from 'node:crypto';
import type { Meter } from '../agents/meter.ts';
import {
  costOf,
  countedOrNull,
  type Model,
  type ModelAnswer,
  type ModelFailure,
  type Prompt,
} from '../agents/model.ts';
import type { Task } from './accept.ts';
import { inputBound } from './input-bound.ts';
import type { Run } from './run.ts';
import { pause } from './step-policy.ts';

/** A vendor that asks for a longer wait is as good as away; sooner, when another model can be asked instead. */
const LONGEST_WAIT_MS = { alone: 60_000, withOthers: 5_000 };
/** What another model may do better. Not: a budget that is used up, a run that was stopped. */
const ANOTHER_MAY: readonly ModelFailure['code'][] = [
  'model_unavailable',
  'model_rate_limited',
  'model_spend_cap',
  'model_auth',
  'model_unknown',
  'model_timeout',
  'model_context_overflow',
  'model_bad_request',
];
/** Failures of calls that the vendor may have charged for all the same. */
const MAY_HAVE_COST: readonly ModelFailure['code'][] = ['model_timeout', 'model_stopped', 'run_interrupted'];

/**
 * The task's models as one: asked in order, the next where one does not answer, and from then on that one. Every call
 * is a remembered step and a run event, and is made only when the meter admits it.
 */
export function askModels(run: Run, task: Task, meter: Meter): Pick<Model, 'label' | 'capabilities' | 'ask'> {
  const { agent, models } = task;
  const { settings, clock, health } = run.ports;
  const bound = inputBound();
  let at = 0;
  let calls = 0;
  const current = () => models[at] ?? models[0];

  return {
    get label() {
      return current().label;
    },
    get capabilities() {
      return current().capabilities;
    },
    async ask(prompt, signal) {
      const asked = frozen(prompt);
      for (;;) {
        const model = current();
        calls += 1;
        const answer = await askPersistently(model, asked, signal);
        const next = models[at + 1];
        if (answer.ok || next === undefined || !ANOTHER_MAY.includes(answer.failure.code)) return answer;
        at += 1;
        const { code } = answer.failure;
        await run.record({
          kind: 'model_fell_back',
          agent: agent.name,
          from: model.label,
          to: next.label,
          code,
        });
      }
    },
  };

  /** Asks again, a few times, where the same call may succeed later. Every call is a step and a fact of its own. */
  async function askPersistently(model: Model, asked: Frozen, signal: AbortSignal): Promise<ModelAnswer> {
    const hasNext = at + 1 < models.length;
    const waits = [...(hasNext ? settings.retryAfterMs.slice(0, 1) : settings.retryAfterMs), null];
    for (const [again, waitMs] of waits.entries()) {
      const step = `model-${agent.name}-${calls}${again ? `-again-${again}` : ''}`;
      const answer = await askOnce(step, model, asked, signal);
      if (answer.ok || !answer.failure.retryable || waitMs === null || signal.aborted) return answer;
      const wished = (answer.failure.retryAfterSeconds ?? 0) * 1_000;
      if (wished > LONGEST_WAIT_MS[hasNext ? 'withOthers' : 'alone']) return answer;
      await pause(clock, Math.max(waitMs, wished), signal);
    }
    throw new Error('unreachable');
  }

  async function askOnce(
    step: string,
    model: Model,
    asked: Frozen,
    signal: AbortSignal,
  ): Promise<ModelAnswer> {
    const { prompt, bytes, digest } = asked;
    const { name, label, price } = model;
    // How long it took stands in the step's result: gone through again, it took no time.
    const answer = await run.step(step, async (): Promise<ModelAnswer & { readonly ms?: number }> => {
      const inputTokens = bound.of(label, bytes);
      const outputTokens = prompt.maxOutputTokens;
      const admitted = await meter.admit({ name, label, price, inputTokens, outputTokens });
      if (!admitted.ok) return admitted;
      const limited = { ...prompt, maxOutputTokens: admitted.outputTokens };
      const askedAt = clock.now().getTime();
      const given = interruptedOr(await model.ask(limited, signal), signal);
      const ms = Math.max(0, clock.now().getTime() - askedAt);
      health.noted(label, given.ok ? null : given.failure);
      await admitted.settle(given.ok ? countedOrNull(given.turn.usage) : chargeOf(given.failure));
      return { ...given, ms };
    });
    if (!answer.ok && answer.failure.code === 'budget_reached') return answer;
    const usage = answer.ok ? answer.turn.usage : NOTHING;
    if (answer.ok) bound.learn(label, bytes, usage);
    await run.record({
      kind: 'model_called',
      agent: agent.name,
      model: label,
      promptDigest: digest,
      inputTokens: usage.input + usage.cacheRead + usage.cacheWrite,
      cachedTokens: usage.cacheRead,
      outputTokens: usage.output,
      costUsd: price === null ? null : costOf(usage, price),
      priceSource: price?.source ?? null,
      ms: answer.ms ?? 0,
      failure: answer.ok ? null : answer.failure.code,
    });
    return answer;
  }
}

const NOTHING = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 };

/** What a failed call is counted as: nothing, or, where the vendor may charge for it, its worst case. */
const chargeOf = ({ code, mayHaveCost }: ModelFailure) =>
  mayHaveCost || MAY_HAVE_COST.includes(code) ? null : NOTHING;

/** A prompt that nobody can change any more, so that whoever is asked next is asked exactly the same. */
interface Frozen {
  readonly prompt: Prompt;
  /** `sha256:` and hex digits, over the whole prompt. */
  readonly digest: string;
  /** Of the prompt as JSON, in UTF-8. */
  readonly bytes: number;
}

function frozen(prompt: Prompt): Frozen {
  const serialised = JSON.stringify(prompt);
  return {
    prompt: Object.freeze({ ...prompt, messages: Object.freeze([...prompt.messages]) }),
    digest: `sha256:${createHash('sha256').update(serialised).digest('hex')}`,
    bytes: Buffer.byteLength(serialised),
  };
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
