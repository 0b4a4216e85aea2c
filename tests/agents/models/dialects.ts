import type { Model, ModelTurn, Price } from '../../../src/agents/model.ts';
import { anthropicMessages } from '../../../src/agents/models/anthropic-messages.ts';
import { openaiChat } from '../../../src/agents/models/openai-chat.ts';
import { openaiResponses } from '../../../src/agents/models/openai-responses.ts';

interface Overrides {
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutMs?: number;
}

/** A turn as a test wants it said on the wire. `input` counts what is neither read from nor written to a cache. */
interface SaidTurn {
  readonly text?: string;
  readonly call?: { readonly id: string; readonly name: string; readonly arguments: string };
  readonly stop: ModelTurn['stop'];
  readonly cacheRead?: number;
}

/** One vendor's wire format: how to make its adapter, and how its server says things. */
export interface Dialect {
  readonly label: string;
  make(serverUrl: string, overrides?: Overrides): Model;
  /** The server-sent events of one turn: 100 new tokens, `cacheRead` cached ones, 7 written. */
  frames(turn: SaidTurn): string[];
  /** The body of an error answer. */
  error(code: string, message: string): unknown;
  /** Codes for what the vendors call differently. */
  readonly codes: {
    readonly spendCap: string;
    readonly overflow: { readonly code: string; readonly message: string };
  };
}

export const KEY = 'sk-test-0123456789';
export const PRICE: Price = { input: 3, output: 15 };
const base = { name: 'main', apiKey: KEY, price: PRICE };

const frame = (data: object, event?: string) =>
  `${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`;

const anthropic: Dialect = {
  label: 'anthropic/model-a',
  make: (url, overrides = {}) => anthropicMessages({ ...base, model: 'model-a', baseUrl: url, ...overrides }),
  frames({ text, call, stop, cacheRead = 0 }) {
    const say = (data: { type: string; [key: string]: unknown }) => frame(data, data.type);
    const reasons = { end: 'end_turn', tools: 'tool_use', length: 'max_tokens', refusal: 'refusal' };
    const usage = {
      input_tokens: 100,
      cache_read_input_tokens: cacheRead,
      cache_creation_input_tokens: 0,
      output_tokens: 1,
    };
    const message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'model-a',
      content: [],
      stop_reason: null,
      usage,
    };
    return [
      say({ type: 'message_start', message }),
      ...(text === undefined
        ? []
        : [
            say({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
            say({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
            say({ type: 'content_block_stop', index: 0 }),
          ]),
      ...(call === undefined
        ? []
        : [
            say({
              type: 'content_block_start',
              index: 1,
              content_block: { type: 'tool_use', id: call.id, name: call.name, input: {} },
            }),
            say({
              type: 'content_block_delta',
              index: 1,
              delta: { type: 'input_json_delta', partial_json: call.arguments.slice(0, 3) },
            }),
            say({
              type: 'content_block_delta',
              index: 1,
              delta: { type: 'input_json_delta', partial_json: call.arguments.slice(3) },
            }),
            say({ type: 'content_block_stop', index: 1 }),
          ]),
      say({
        type: 'message_delta',
        delta: { stop_reason: reasons[stop] },
        usage: { output_tokens: 7, input_tokens: null },
      }),
      say({ type: 'message_stop' }),
    ];
  },
  error: (code, message) => {
    const type = code === 'enforced_spend_limit_reached' ? 'rate_limit_error' : code;
    return { type: 'error', error: { type, message, details: { error_code: code } } };
  },
  codes: {
    spendCap: 'enforced_spend_limit_reached',
    overflow: {
      code: 'invalid_request_error',
      message: 'prompt is too long: 201000 tokens > 200000 maximum',
    },
  },
};

const chat: Dialect = {
  label: 'openai-compatible/model-a',
  make: (url, overrides = {}) =>
    openaiChat({ ...base, model: 'model-a', baseUrl: `${url}/v1`, ...overrides }),
  frames({ text, call, stop, cacheRead = 0 }) {
    const say = (delta: object, finish_reason: string | null = null) =>
      frame({
        id: 'c1',
        object: 'chat.completion.chunk',
        model: 'model-a',
        choices: [{ index: 0, delta, finish_reason }],
      });
    const reasons = { end: 'stop', tools: 'tool_calls', length: 'length', refusal: 'content_filter' };
    const part = (part: object) => say({ tool_calls: [{ index: 0, ...part }] });
    const usage = {
      prompt_tokens: 100 + cacheRead,
      completion_tokens: 7,
      prompt_tokens_details: { cached_tokens: cacheRead },
    };
    return [
      say({ role: 'assistant', content: '' }),
      ...(text === undefined ? [] : [say({ content: text })]),
      ...(call === undefined
        ? []
        : [
            part({
              id: call.id,
              type: 'function',
              function: { name: call.name, arguments: call.arguments.slice(0, 3) },
            }),
            part({ function: { arguments: call.arguments.slice(3) } }),
          ]),
      say({}, reasons[stop]),
      frame({ id: 'c1', object: 'chat.completion.chunk', model: 'model-a', choices: [], usage }),
      'data: [DONE]\n\n',
    ];
  },
  error: openaiError,
  codes: {
    spendCap: 'insufficient_quota',
    overflow: { code: 'invalid_request', message: "This model's maximum context length is 8192 tokens." },
  },
};

const responses: Dialect = {
  label: 'openai/model-a',
  make: (url, overrides = {}) =>
    openaiResponses({ ...base, model: 'model-a', baseUrl: `${url}/v1`, ...overrides }),
  frames({ text, call, stop, cacheRead = 0 }) {
    const say = (data: { type: string; [key: string]: unknown }) => frame(data, data.type);
    const response = { id: 'r1', object: 'response', model: 'model-a', status: 'in_progress', output: [] };
    const part =
      stop === 'refusal'
        ? { type: 'refusal', refusal: text }
        : { type: 'output_text', text, annotations: [] };
    const output = [
      ...(text === undefined ? [] : [{ type: 'message', role: 'assistant', id: 'm1', content: [part] }]),
      ...(call === undefined
        ? []
        : [
            { type: 'function_call', id: 'f1', call_id: call.id, name: call.name, arguments: call.arguments },
          ]),
    ];
    const usage = {
      input_tokens: 100 + cacheRead,
      input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: 0 },
      output_tokens: 7,
    };
    const details =
      stop === 'length'
        ? { incomplete_details: { reason: 'max_output_tokens' } }
        : { incomplete_details: null };
    const last = stop === 'length' ? 'response.incomplete' : 'response.completed';
    return [
      say({ type: 'response.created', response }),
      say({ type: 'response.output_text.delta', item_id: 'm1', delta: text ?? '' }),
      say({ type: last, response: { ...response, output, usage, ...details } }),
    ];
  },
  error: openaiError,
  codes: {
    spendCap: 'insufficient_quota',
    overflow: {
      code: 'context_length_exceeded',
      message: 'Your input exceeds the context window of this model.',
    },
  },
};

function openaiError(code: string, message: string): unknown {
  return { error: { code, message, type: code, param: null } };
}

export const DIALECTS = [anthropic, chat, responses];
