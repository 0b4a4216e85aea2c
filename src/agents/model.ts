/**
 * The one contract between the tool loop and any model. An adapter under `models/` speaks one wire format;
 * nothing above this file knows a vendor's name.
 */

/** A tool as a model is told of it. `parameters` is a JSON Schema object (draft 2020-12, closed: no additional properties). */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A model's wish to use a tool. `input` is whatever JSON it sent: hostile until a tool's schema has accepted it. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** What a tool gave back, as text. */
export interface ToolResult {
  readonly callId: string;
  readonly text: string;
  readonly isError: boolean;
}

export type Message =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls: readonly ToolCall[] }
  | { readonly role: 'tools'; readonly results: readonly ToolResult[] };

/** Everything a model is sent for one turn. The system text and the tools are the byte-stable prefix. */
export interface Prompt {
  readonly system: string;
  readonly tools: readonly ToolSpec[];
  readonly messages: readonly Message[];
  /** Tokens. */
  readonly maxOutputTokens: number;
}

/** Tokens of one turn, each counted once: cached reads and writes are not part of `input`. */
export interface Usage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

/** One answer of a model. */
export interface ModelTurn {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly usage: Usage;
  /** `length`: cut off at the token limit; `refusal`: the vendor or the model declined. */
  readonly stop: 'end' | 'tools' | 'length' | 'refusal';
}

/** Why a model gave no answer. Expected, so a value; `retryable` says whether the same call may succeed later. */
export interface ModelFailure {
  readonly code:
    | 'model_unavailable'
    | 'model_rate_limited'
    | 'model_spend_cap'
    | 'model_auth'
    | 'model_unknown'
    | 'model_context_overflow'
    | 'model_timeout'
    | 'model_bad_request'
    | 'model_stopped'
    | 'run_interrupted'
    | 'budget_reached';
  readonly message: string;
  readonly retryable: boolean;
  /** Seconds the vendor asked us to wait; null when it said nothing. */
  readonly retryAfterSeconds: number | null;
}

export type ModelAnswer =
  | { readonly ok: true; readonly turn: ModelTurn }
  | { readonly ok: false; readonly failure: ModelFailure };

/** US dollars per million tokens. A cache price that is absent counts as `input`. */
export interface Price {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
}

/** One configured backend. */
export interface Model {
  /** Its name in the configuration. */
  readonly name: string;
  /** `provider/model`, as people read it beside the agent's name. */
  readonly label: string;
  /** null: unpriced. */
  readonly price: Price | null;
  /** Asks for one turn. Never throws for what a vendor or a network does; stops early when `signal` is aborted. */
  ask(prompt: Prompt, signal: AbortSignal): Promise<ModelAnswer>;
}

/** US dollars for `usage` at `price`. */
export function costOf(usage: Usage, price: Price): number {
  const perToken = (dollarsPerMillion: number) => dollarsPerMillion / 1_000_000;
  return (
    usage.input * perToken(price.input) +
    usage.cacheRead * perToken(price.cacheRead ?? price.input) +
    usage.cacheWrite * perToken(price.cacheWrite ?? price.input) +
    usage.output * perToken(price.output)
  );
}
