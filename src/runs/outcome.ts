/** How a run ended. `waiting`: a person must answer first. `stopped`: a person or a limit ended it. */
export type OutcomeState = 'done' | 'waiting' | 'refused' | 'failed' | 'stopped';

/** The last word of a run: what happened, why, and what to do next. */
export interface Outcome {
  readonly state: OutcomeState;
  /** For machines and for searching: `pull_request_opened`, `policy_block`, `no_permission`, … */
  readonly code: string;
  /** One or two sentences: what happened and why. Our own words, never a model's. */
  readonly message: string;
  /** One sentence: what to do next; null when nothing is left to do. */
  readonly next: string | null;
  /** What the agent answered or asked, in its own words: hostile Markdown until it has passed the way out. */
  readonly answer: string | null;
  /** The proposed change as a unified diff, where it was asked for and nothing was written. */
  readonly diff?: string;
  /** Nobody asked in the thread, and nothing came of it: the record knows, and the thread is left alone. */
  readonly silent?: boolean;
}

/** An outcome that needs no agent's words. */
export function outcome(state: OutcomeState, code: string, message: string, next: string | null): Outcome {
  return { state, code, message, next, answer: null };
}

/** A step's result: its value, or the outcome that ends the run here. */
export type StepResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly outcome: Outcome };

export function value<T>(of: T): StepResult<T> {
  return { ok: true, value: of };
}

export function ends(outcome: Outcome): { readonly ok: false; readonly outcome: Outcome } {
  return { ok: false, outcome };
}
