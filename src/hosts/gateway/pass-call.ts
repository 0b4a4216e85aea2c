import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { CliCall, CliTask } from '../../agents/cli-agent.ts';
import type { ModelFailure } from '../../agents/model.ts';
import type { Accepted } from './accept-request.ts';
import { forward, type Passage } from './forward.ts';
import type { Upstream } from './upstream.ts';

/** What a call needs beside its request. */
export interface CallContext extends Pick<CliTask, 'model' | 'meter'> {
  readonly upstream: Upstream;
  readonly headers: Passage['headers'];
  readonly signal: AbortSignal;
}

export interface PassedCall {
  /** Null: it is no call of a model, or was not let through. */
  readonly call: CliCall | null;
  /** Why the run may make no more calls. */
  readonly refusal: ModelFailure | null;
}

/** What vendors add to a prompt for the use of tools, and between messages: some hundreds of tokens. */
const ADDED_TOKENS = 2_000;
/** The dearest picture there is: one of the highest detail for gpt-4o-mini, 48,169 tokens (OpenAI's pricing page). */
const IMAGE_TOKENS = 50_000;
/** Where a request does not say how long its answer may become. */
const OUTPUT_TOKENS = 32_000;

/** Asks the meter, lets the call through as far as it allows, and settles what it has cost. Throws what the meter throws. */
export async function passCall(
  { wire, route, bytes, body }: Extract<Accepted, { ok: true }>,
  { model, meter, upstream, headers, signal }: CallContext,
  response: ServerResponse,
): Promise<PassedCall> {
  if (route.asks === 'count') {
    await forward({ wire, route, body, headers, signal }, upstream, response);
    return { call: null, refusal: null };
  }
  const promptDigest = createHash('sha256').update(bytes).digest('hex');
  const wished = wire.outputTokens(body) ?? OUTPUT_TOKENS;
  const admitted = await meter.admit({
    ...{ name: model.name, label: model.label, price: model.price },
    // No token has less than a byte, so no text has more tokens than bytes.
    inputTokens: bytes.length + ADDED_TOKENS + wire.images(body) * IMAGE_TOKENS,
    outputTokens: wished,
  });
  if (!admitted.ok) {
    const call = { promptDigest, usage: null, ms: 0, failure: admitted.failure.code };
    return { call, refusal: admitted.failure };
  }
  if (signal.aborted) {
    await admitted.settle({ input: 0, cacheRead: 0, cacheWrite: 0, output: 0 });
    return { call: null, refusal: null };
  }
  const limited = wire.limited(body, Math.min(wished, admitted.outputTokens), upstream.provider);
  const askedAt = performance.now();
  const passed = await forward({ wire, route, body: limited, headers, signal }, upstream, response);
  const ms = Math.round(performance.now() - askedAt);
  await admitted.settle(passed.usage);
  return { call: { promptDigest, ...passed, ms }, refusal: null };
}
