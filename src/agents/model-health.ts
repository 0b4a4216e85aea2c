import type { ModelFailure } from './model.ts';

/** What is remembered of models that failed, so that others are asked first for a while. Of one repository: its key. */
export interface ModelHealth {
  /** A call came out so; null: it was answered. */
  noted(label: string, failure: ModelFailure | null): void;
  /** True while the model is better left alone. */
  coolsDown(label: string): boolean;
  /** What failed last, and has not worked since; null: nothing known. */
  lastFailure(label: string): { readonly code: ModelFailure['code']; readonly at: number } | null;
}

/** Seconds without a call after a failure; doubled for each that follows, up to ten minutes. */
const PAUSE_SECONDS: Partial<Record<ModelFailure['code'], number>> = {
  model_unavailable: 30,
  model_timeout: 30,
  model_rate_limited: 20,
  model_auth: 300,
  model_unknown: 300,
  model_spend_cap: 600,
};
const LONGEST_SECONDS = 600;
const MOST_REMEMBERED = 10_000;

interface Illness {
  code: ModelFailure['code'];
  at: number;
  until: number;
  times: number;
}

/** Memories of this process, one for each repository: what ails one's key says nothing of another's. */
export type ModelHealths = (repositoryId: number) => ModelHealth;

/** `now`: milliseconds since 1970. */
export function modelHealths(now: () => number): ModelHealths {
  const ill = new Map<string, Illness>();
  return (repositoryId) => healthOf(ill, `${repositoryId} `, now);
}

function healthOf(ill: Map<string, Illness>, before: string, now: () => number): ModelHealth {
  return {
    noted(model, failure) {
      const label = before + model;
      if (failure === null) return void ill.delete(label);
      const pause = PAUSE_SECONDS[failure.code];
      if (pause === undefined) return;
      const times = (ill.get(label)?.times ?? 0) + 1;
      const own = Math.min(LONGEST_SECONDS, pause * 2 ** (times - 1));
      const seconds = Math.max(own, Math.min(LONGEST_SECONDS, failure.retryAfterSeconds ?? 0));
      ill.set(label, { code: failure.code, at: now(), until: now() + seconds * 1_000, times });
      if (ill.size > MOST_REMEMBERED) ill.delete(ill.keys().next().value ?? '');
    },
    coolsDown: (model) => (ill.get(before + model)?.until ?? 0) > now(),
    lastFailure: (model) => ill.get(before + model) ?? null,
  };
}
