import { frame, interleaved, pieces, type SaidTurn, type Wire } from './said.ts';

const REASONS = { end: 'stop', tools: 'tool_calls', length: 'length', refusal: 'content_filter' };
const CHUNK = { id: 'c1', object: 'chat.completion.chunk', model: 'model-a' };

const say = (delta: object, finish_reason: string | null = null) =>
  frame({ ...CHUNK, choices: [{ index: 0, delta, finish_reason }] });
const call = (index: number, of: object) => say({ tool_calls: [{ index, ...of }] });

/** OpenAI's Chat Completions. */
export const chatWire: Wire = {
  frames({ thought, text, calls = [], stop, cacheRead = 0, cacheWrite = 0 }: SaidTurn) {
    const usage = {
      prompt_tokens: 100 + cacheRead + cacheWrite,
      completion_tokens: 7,
      prompt_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
    };
    return [
      say({ role: 'assistant', content: '' }),
      ...pieces(thought ?? '').map((reasoning_content) => say({ reasoning_content })),
      ...pieces(text ?? '').map((content) => say({ content })),
      ...calls.map(({ id, name }, at) =>
        call(at, { id, type: 'function', function: { name, arguments: '' } }),
      ),
      ...interleaved(calls).map(({ at, piece }) => call(at, { function: { arguments: piece } })),
      say({}, REASONS[stop]),
      frame({ ...CHUNK, choices: [], usage }),
      'data: [DONE]\n\n',
    ];
  },
  error: openaiError,
  beat: ': OPENROUTER PROCESSING\n\n',
  codes: {
    spendCap: 'insufficient_quota',
    overflow: { code: 'invalid_request', message: "This model's maximum context length is 8192 tokens." },
  },
};

export function openaiError(code: string, message: string): unknown {
  return { error: { code, message, type: code, param: null } };
}
