import type { ModelFailure, Price, Usage } from './model.ts';

/** A model call that is about to be made, as large as it can become. */
export interface Estimate {
  /** The model's name in the configuration. */
  readonly name: string;
  /** `provider/model`. */
  readonly label: string;
  /** null: unpriced; nothing can be reserved, and nothing is refused. */
  readonly price: Price | null;
  /** At most so many tokens go in: cached or not, nobody knows before. */
  readonly inputTokens: number;
  /** Tokens that the caller would like to have back at most. */
  readonly outputTokens: number;
}

/**
 * May the call be made? Then its worst case is reserved until it is settled, and `outputTokens` may be smaller than
 * what was wished for, so that the call fits what is left.
 */
export type Admission =
  | {
      readonly ok: true;
      readonly outputTokens: number;
      /** Replaces the reservation by what the call cost; `null`: nobody knows, and the worst case stands. */
      settle(usage: Usage | null): Promise<void>;
    }
  | { readonly ok: false; readonly failure: ModelFailure };

/** Keeps the budgets: every call of a run asks here first, whether the tool loop makes it or a CLI through the gateway. */
export interface Meter {
  admit(estimate: Estimate): Promise<Admission>;
}
