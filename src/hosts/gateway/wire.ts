import type { WireName } from '../../agents/cli/host.ts';
import type { Usage } from '../../agents/model.ts';

/** A JSON object of a request or an answer. */
export type Json = Readonly<Record<string, unknown>>;

/** What a request's path asks for. */
export interface Route {
  /** `generate` costs money; `count` only counts tokens. */
  readonly asks: 'generate' | 'count';
  /** The model, where the path names it; null: the body does. */
  readonly model: string | null;
  /** What comes after the upstream's base address, with its query. */
  readonly upstreamPath: string;
}

/** One wire format, as far as a gateway has to know it. Pure. */
export interface Wire {
  readonly name: WireName;
  /** Null: no path of this format. */
  route(path: string, query: URLSearchParams): Route | null;
  /** Why the request can't be let through, as a sentence; null: it can. What it may cost has to show in its bytes. */
  objection(body: Json): string | null;
  /** Pictures in it: they may count for more tokens than they have bytes. */
  images(body: Json): number;
  /** Tokens that it would like to have back at most; null: it does not say. */
  outputTokens(body: Json): number | null;
  /** The same request, for so many tokens at most, and with its usage told at the end. `provider`: as the config names it. */
  limited(body: Json, outputTokens: number, provider: string): Json;
  /** What events of a stream, or a plain answer, tell of usage. */
  usage(): UsageReader;
  /** An error as its vendor would say it. */
  error(status: number, message: string): Json;
}

export interface UsageReader {
  /** Reads one event's data, or the whole of a plain answer. */
  read(data: Json): void;
  /** Null: not told yet. */
  told(): Usage | null;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function objectsIn(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}

/** A count of tokens: what is none is nought, so that nobody's cost is lowered by nonsense. */
export function count(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}

/** A wished number of tokens; null for what is none. */
export function wish(...values: readonly unknown[]): number | null {
  const numbers = values.filter((value) => typeof value === 'number' && Number.isInteger(value) && value > 0);
  return numbers.length > 0 ? Math.max(...numbers.map(Number)) : null;
}

/** The first of `keys` that the request has, said as an objection. */
export function unwelcome(body: Json, keys: readonly string[]): string | null {
  const key = keys.find((name) => name in body && body[name] !== null && body[name] !== undefined);
  return key === undefined
    ? null
    : `\`${key}\` is not let through here: what it costs can't be told beforehand.`;
}
