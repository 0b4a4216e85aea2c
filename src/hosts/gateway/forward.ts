import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { countedOrNull, type ModelFailure, type Usage } from '../../agents/model.ts';
import { toldUsage } from './told-usage.ts';
import { type Upstream, upstreamHeaders } from './upstream.ts';
import type { Json, Route, Wire } from './wire.ts';
import { withoutKey } from './without-key.ts';

/** One request that is let through. */
export interface Passage {
  readonly wire: Wire;
  readonly route: Route;
  readonly body: Json;
  /** As the CLI sent them. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Aborted when the CLI hangs up, or the gateway is closed. */
  readonly signal: AbortSignal;
}

/** What came of it. `usage` null: nobody knows what it has cost. */
export interface Passed {
  readonly usage: Usage | null;
  readonly failure: ModelFailure['code'] | null;
}

const NOTHING: Usage = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 };
/** Headers of an answer that a CLI acts on. The others say whose account it is. */
const PASSED_BACK = [
  'content-type',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'request-id',
  'x-request-id',
];
/** No connection was made, so nothing was asked. */
const NOT_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Asks the vendor, and writes its answer to the CLI's as it comes. Never throws for what either of them does. */
export async function forward(
  passage: Passage,
  upstream: Upstream,
  response: ServerResponse,
): Promise<Passed> {
  const { wire, route, body, signal } = passage;
  let answer: Response;
  try {
    answer = await fetch(`${upstream.addresses[wire.name]}${route.upstreamPath}`, {
      method: 'POST',
      headers: upstreamHeaders(wire.name, passage.headers, upstream),
      body: JSON.stringify(body),
      // A redirection could lead the key anywhere.
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    const failure = signal.aborted ? 'model_stopped' : 'model_unavailable';
    refuse(response, 502, wire.error(502, 'The model could not be reached.'));
    return { usage: NOT_REACHED.has(causeOf(error)) ? NOTHING : null, failure };
  }
  if (answer.status < 200 || answer.status >= 300) return passRefusal(answer, passage, upstream, response);
  return passAnswer(answer, passage, upstream, response);
}

/** Answers an error, once, where nothing was answered yet. */
export function refuse(response: ServerResponse, status: number, body: Json): void {
  if (response.headersSent || response.destroyed) return;
  // Vendors' clients know this header: asking again changes nothing.
  response.writeHead(status, { 'content-type': 'application/json', 'x-should-retry': 'false' });
  response.end(JSON.stringify(body));
}

/** A vendor's own words go back, but for a redirection, and for what is said of a key. */
async function passRefusal(
  answer: Response,
  { wire }: Passage,
  { apiKey }: Upstream,
  response: ServerResponse,
): Promise<Passed> {
  const { status } = answer;
  const failure = codeOf(status);
  if (status < 400 || failure === 'model_auth') {
    await answer.body?.cancel().catch(() => undefined);
    const words =
      status < 400 ? 'The model’s address leads elsewhere.' : 'The model does not accept the key.';
    refuse(response, status < 400 ? 502 : status, wire.error(status, words));
    return { usage: NOTHING, failure };
  }
  const filter = withoutKey(apiKey);
  const text = Buffer.from(await answer.arrayBuffer().catch(() => new ArrayBuffer(0)));
  if (!response.headersSent) response.writeHead(status, headersOf(answer));
  response.end(Buffer.concat([filter.push(text), filter.end()]));
  return { usage: NOTHING, failure };
}

async function passAnswer(
  answer: Response,
  { wire, signal }: Passage,
  { apiKey }: Upstream,
  response: ServerResponse,
): Promise<Passed> {
  const isStream = answer.headers.get('content-type')?.includes('text/event-stream') ?? false;
  const told = toldUsage(wire, isStream);
  const filter = withoutKey(apiKey);
  response.writeHead(answer.status, headersOf(answer));
  response.flushHeaders();
  try {
    for await (const piece of answer.body ?? []) {
      const chunk = Buffer.from(piece);
      told.push(chunk);
      if (!response.write(filter.push(chunk))) await once(response, 'drain', { signal });
    }
  } catch {
    // Half an answer must not look like a whole one.
    response.destroy();
    return { usage: null, failure: signal.aborted ? 'model_stopped' : 'model_unavailable' };
  }
  response.end(filter.end());
  const usage = told.end();
  return { usage: usage && countedOrNull(usage), failure: null };
}

function headersOf(answer: Response): Record<string, string> {
  const kept = PASSED_BACK.flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  return Object.fromEntries(kept);
}

function codeOf(status: number): ModelFailure['code'] {
  if (status === 401 || status === 403) return 'model_auth';
  if (status === 402) return 'model_spend_cap';
  if (status === 404) return 'model_unknown';
  if (status === 408) return 'model_timeout';
  if (status === 413) return 'model_context_overflow';
  if (status === 429) return 'model_rate_limited';
  return status >= 500 || status < 400 ? 'model_unavailable' : 'model_bad_request';
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null;
  return typeof code === 'string' ? code : '';
}
