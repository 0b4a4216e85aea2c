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

/**
 * What a model thought on the way to its tool calls, sealed by its vendor, which wants it back unchanged with their
 * results. Plain data; only the model of this label is sent it.
 */
export interface Reasoning {
  readonly label: string;
  readonly parts: readonly unknown[];
}

export type Message =
  | { readonly role: 'user'; readonly text: string }
  | {
      readonly role: 'assistant';
      readonly text: string;
      readonly toolCalls: readonly ToolCall[];
      readonly reasoning?: Reasoning | undefined;
    }
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
  /** Absent: there is nothing to give back. */
  readonly reasoning?: Reasoning | undefined;
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
  /** What the person who asked can do; absent: nothing special. */
  readonly next?: string;
  /** True when the vendor had begun to answer, and may charge for it. */
  readonly mayHaveCost?: boolean;
}

export type ModelAnswer =
  | { readonly ok: true; readonly turn: ModelTurn }
  | { readonly ok: false; readonly failure: ModelFailure };

/** US dollars per million tokens. A cache price that is absent counts as `input`. */
export interface Rates {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
}

/** What a model costs. */
export interface Price extends Rates {
  /** Where it is from: `config`, or the price table's name and date. */
  readonly source: string;
  /** Other rates for the whole of a call whose input, cached or not, is longer than so many tokens. Longest last. */
  readonly longer?: readonly (Rates & { readonly overTokens: number })[] | undefined;
}

/** What a model can do. Nothing above the adapters asks for a vendor's name instead. */
export interface Capabilities {
  /** False: it answers in words, and a change set is read from them. */
  readonly tools: boolean;
  readonly images: boolean;
  /** True when its vendor charges less for a prefix it has seen. */
  readonly caching: boolean;
  /** Tokens in and out together; null: not known. */
  readonly contextTokens: number | null;
}

/** One configured backend. */
export interface Model {
  /** Its name in the configuration. */
  readonly name: string;
  /** `provider/model`, as people read it beside the agent's name. */
  readonly label: string;
  /** null: unpriced. */
  readonly price: Price | null;
  readonly capabilities: Capabilities;
  /** Is it there, and does it take the key? Asks only for what costs nothing. Null: yes. Never throws. */
  check(signal: AbortSignal): Promise<ModelFailure | null>;
  /** Asks for one turn. Never throws for what a vendor or a network does; stops early when `signal` is aborted. */
  ask(prompt: Prompt, signal: AbortSignal): Promise<ModelAnswer>;
}

/** A server that counts nothing has not worked for nothing: null, so that a call's worst case stands. */
export function countedOrNull(usage: Usage): Usage | null {
  return Object.values(usage).some((tokens) => tokens > 0) ? usage : null;
}

/** US dollars for `usage` at `price`. */
export function costOf(usage: Usage, price: Price): number {
  const sent = usage.input + usage.cacheRead + usage.cacheWrite;
  const rates = price.longer?.findLast(({ overTokens }) => sent > overTokens) ?? price;
  const dollarsPerMillion =
    usage.input * rates.input +
    usage.cacheRead * (rates.cacheRead ?? rates.input) +
    usage.cacheWrite * (rates.cacheWrite ?? rates.input) +
    usage.output * rates.output;
  return dollarsPerMillion / 1_000_000;
}

/**
 * US dollars that a call can cost at most, where at most so many tokens go in and out: all of them at the dearest rate
 * that a call of up to this length can have, whether cached or not, read or written.
 */
export function worstCostOf(inputTokens: number, outputTokens: number, price: Price): number {
  const reachable = [price, ...(price.longer ?? []).filter(({ overTokens }) => inputTokens > overTokens)];
  const dearestInput = Math.max(
    ...reachable.flatMap(({ input, cacheRead = input, cacheWrite = input }) => [
      input,
      cacheRead,
      cacheWrite,
    ]),
  );
  const dearestOutput = Math.max(...reachable.map(({ output }) => output));
  return (inputTokens * dearestInput + outputTokens * dearestOutput) / 1_000_000;
}
