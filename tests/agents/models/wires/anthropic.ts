import { frame, interleaved, pieces, type SaidTurn, type Wire } from './said.ts';

const REASONS = { end: 'end_turn', tools: 'tool_use', length: 'max_tokens', refusal: 'refusal' };

const say = (data: { readonly type: string; readonly [key: string]: unknown }) => frame(data, data.type);
const start = (index: number, content_block: object) =>
  say({ type: 'content_block_start', index, content_block });
const delta = (index: number, of: object) => say({ type: 'content_block_delta', index, delta: of });
const stop = (index: number) => say({ type: 'content_block_stop', index });

/** Anthropic's Messages API. */
export const anthropicWire: Wire = {
  frames({ thought, text, calls = [], stop: reason, cacheRead = 0, cacheWrite = 0 }: SaidTurn) {
    const usage = {
      input_tokens: 100,
      cache_read_input_tokens: cacheRead,
      cache_creation_input_tokens: cacheWrite,
      output_tokens: 1,
    };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'model-a', content: [], usage };
    return [
      say({ type: 'message_start', message: { ...message, stop_reason: null } }),
      ...(thought === undefined
        ? []
        : [
            start(0, { type: 'thinking', thinking: '', signature: '' }),
            ...pieces(thought).map((thinking) => delta(0, { type: 'thinking_delta', thinking })),
            delta(0, { type: 'signature_delta', signature: 'sealed' }),
            stop(0),
          ]),
      ...(text === undefined
        ? []
        : [
            start(1, { type: 'text', text: '' }),
            ...pieces(text).map((part) => delta(1, { type: 'text_delta', text: part })),
            stop(1),
          ]),
      ...calls.map(({ id, name }, at) => start(at + 2, { type: 'tool_use', id, name, input: {} })),
      ...interleaved(calls).map(({ at, piece }) =>
        delta(at + 2, { type: 'input_json_delta', partial_json: piece }),
      ),
      ...calls.map((_, at) => stop(at + 2)),
      say({
        type: 'message_delta',
        delta: { stop_reason: REASONS[reason] },
        usage: { output_tokens: 7, input_tokens: null },
      }),
      say({ type: 'message_stop' }),
    ];
  },
  error: (code, message) => {
    const type = code === 'enforced_spend_limit_reached' ? 'rate_limit_error' : code;
    return { type: 'error', error: { type, message, details: { error_code: code } } };
  },
  beat: 'event: ping\ndata: {"type":"ping"}\n\n',
  codes: {
    spendCap: 'enforced_spend_limit_reached',
    overflow: {
      code: 'invalid_request_error',
      message: 'prompt is too long: 201000 tokens > 200000 maximum',
    },
  },
};
