import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Gateway, WireName } from '../../src/agents/cli/host.ts';
import { openGateway } from '../../src/hosts/gateway/open-gateway.ts';
import type { Upstream } from '../../src/hosts/gateway/upstream.ts';
import { type RecordingMeter, recordingMeter, taskFor } from '../agents/cli/tasks.ts';
import { type VendorServer, vendorServer } from '../agents/models/vendor-server.ts';

/** The key that no CLI may see. */
export const REAL_KEY = 'sk-real-0123456789abcdefghijklmnop';
export const MODEL = 'model-a';

/** Where each wire format is asked, and a small request in it. */
export const ASKS = {
  messages: {
    path: '/v1/messages?beta=true',
    body: { model: MODEL, max_tokens: 1_000, messages: [{ role: 'user', content: 'Hi' }] },
  },
  responses: { path: '/v1/responses', body: { model: MODEL, max_output_tokens: 1_000, input: [] } },
  chat: { path: '/v1/chat/completions', body: { model: MODEL, max_completion_tokens: 1_000, messages: [] } },
  gemini: {
    path: `/v1beta/models/${MODEL}:generateContent`,
    body: { contents: [], generationConfig: { maxOutputTokens: 1_000 } },
  },
} as const satisfies Record<WireName, { path: string; body: object }>;

/** What a vendor answers, plain and streamed: 900 new tokens, 100 cached ones, 20 written. */
export const ANSWERS: Readonly<Record<WireName, { plain: object; frames: readonly object[] }>> = {
  messages: {
    plain: {
      type: 'message',
      usage: {
        input_tokens: 900,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 0,
        output_tokens: 20,
      },
    },
    frames: [
      {
        type: 'message_start',
        message: { usage: { input_tokens: 900, cache_read_input_tokens: 100, output_tokens: 1 } },
      },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Grüße' } },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn' },
        usage: { output_tokens: 20, input_tokens: null },
      },
      { type: 'message_stop' },
    ],
  },
  responses: {
    plain: {
      object: 'response',
      usage: { input_tokens: 1_000, input_tokens_details: { cached_tokens: 100 }, output_tokens: 20 },
    },
    frames: [
      { type: 'response.created', response: { usage: null } },
      { type: 'response.output_text.delta', delta: 'Grüße' },
      {
        type: 'response.completed',
        response: {
          usage: { input_tokens: 1_000, input_tokens_details: { cached_tokens: 100 }, output_tokens: 20 },
        },
      },
    ],
  },
  chat: {
    plain: {
      usage: { prompt_tokens: 1_000, prompt_tokens_details: { cached_tokens: 100 }, completion_tokens: 20 },
    },
    frames: [
      { choices: [{ delta: { content: 'Grüße' } }], usage: null },
      {
        choices: [],
        usage: { prompt_tokens: 1_000, prompt_tokens_details: { cached_tokens: 100 }, completion_tokens: 20 },
      },
    ],
  },
  gemini: {
    plain: {
      candidates: [{ finishReason: 'STOP' }],
      usageMetadata: {
        promptTokenCount: 1_000,
        cachedContentTokenCount: 100,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 15,
      },
    },
    frames: [
      {
        candidates: [{ content: { parts: [{ text: 'Grüße' }] } }],
        usageMetadata: { promptTokenCount: 1_000 },
      },
      {
        candidates: [{ finishReason: 'STOP' }],
        usageMetadata: {
          promptTokenCount: 1_000,
          cachedContentTokenCount: 100,
          candidatesTokenCount: 5,
          thoughtsTokenCount: 15,
        },
      },
    ],
  },
};
export const USAGE = { input: 900, cacheRead: 100, cacheWrite: 0, output: 20 };

export const framesOf = (wire: WireName) =>
  ANSWERS[wire].frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`);

export function plain(body: object, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export interface Way {
  readonly gateway: Gateway;
  readonly vendor: VendorServer;
  readonly meter: RecordingMeter;
  ask(wire: WireName, more?: Asked): Promise<Response>;
}

interface Asked {
  readonly key?: Record<string, string>;
  readonly path?: string;
  readonly body?: unknown;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal;
}

/** A gateway to a vendor that answers as a test says; both are closed after the test. */
export async function openWay(
  answer: (response: ServerResponse) => void | Promise<void>,
  options: { meter?: RecordingMeter; upstream?: Partial<Upstream>; maxTurns?: number } = {},
): Promise<Way> {
  const vendor = await vendorServer(answer);
  const meter = options.meter ?? recordingMeter();
  const addresses = {
    messages: vendor.url,
    responses: `${vendor.url}/v1`,
    chat: `${vendor.url}/v1`,
    gemini: `${vendor.url}/v1beta`,
  };
  const upstream = { provider: 'openai', model: MODEL, apiKey: REAL_KEY, addresses, legacy: false };
  const task = { ...taskFor({ kind: 'codex' }), meter, maxTurns: options.maxTurns ?? 20 };
  const gateway = await openGateway(task, { ...upstream, ...options.upstream });
  onTestFinished(async () => {
    await gateway.close().catch(() => undefined);
    await vendor.close();
  });
  return {
    gateway,
    vendor,
    meter,
    ask: (wire, { key, path, body, method, headers, signal } = {}) =>
      fetch(`${gateway.url}${path ?? ASKS[wire].path}`, {
        method: method ?? 'POST',
        headers: { 'content-type': 'application/json', ...(key ?? { 'x-api-key': gateway.key }), ...headers },
        ...(method === 'GET'
          ? {}
          : { body: typeof body === 'string' ? body : JSON.stringify(body ?? ASKS[wire].body) }),
        ...(signal && { signal }),
      }),
  };
}
