import type { RunFact } from './run-events.ts';

type ModelCalled = Extract<RunFact, { kind: 'model_called' }>;

/** What one agent asked of one model in a run. */
export interface ModelUse {
  readonly agent: string;
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** null: the model has no known price. */
  readonly costUsd: number | null;
  readonly ms: number;
  /** Digest of what the agent was first told; each later prompt holds it, and has its own in the ledger. */
  readonly firstPrompt: string;
}

/** Uses of models with one more call, in the order of their first. */
export function withCall(uses: readonly ModelUse[], call: ModelCalled): readonly ModelUse[] {
  const { agent, model, promptDigest: firstPrompt, inputTokens, outputTokens, costUsd, ms } = call;
  const isSame = (use: ModelUse) => use.agent === agent && use.model === model;
  if (!uses.some(isSame))
    return [...uses, { agent, model, calls: 1, inputTokens, outputTokens, costUsd, ms, firstPrompt }];
  return uses.map((use) =>
    isSame(use)
      ? {
          ...use,
          calls: use.calls + 1,
          inputTokens: use.inputTokens + inputTokens,
          outputTokens: use.outputTokens + outputTokens,
          costUsd: use.costUsd === null || costUsd === null ? null : use.costUsd + costUsd,
          ms: use.ms + ms,
        }
      : use,
  );
}

/** The four arrows of a run, in order. */
export type RunStep = 'reading' | 'thinking' | 'judging' | 'publishing';
export type StepTimes = Readonly<Record<RunStep, number>>;

export const NO_TIME: StepTimes = { reading: 0, thinking: 0, judging: 0, publishing: 0 };

/** A fact stands at the end of some work: the step that this was. What stands nowhere here took no time of any. */
const STEP_OF: Readonly<Partial<Record<RunFact['kind'], RunStep>>> = {
  facts_gathered: 'reading',
  checks_failed: 'reading',
  command_accepted: 'reading',
  context_packed: 'reading',
  context_left_out: 'reading',
  model_called: 'thinking',
  model_fell_back: 'thinking',
  tool_used: 'thinking',
  change_proposed: 'thinking',
  verdict_reached: 'judging',
  written: 'publishing',
  effect_failed: 'publishing',
};

/** Times of the steps, in milliseconds, with what lies between a fact and the one before it. */
export function withTime(times: StepTimes, fact: RunFact, since: string, at: string): StepTimes {
  const step = STEP_OF[fact.kind];
  const ms = Date.parse(at) - Date.parse(since);
  return step && ms > 0 ? { ...times, [step]: times[step] + ms } : times;
}
