import { openaiError } from './chat.ts';
import { frame, interleaved, pieces, type SaidTurn, type Wire } from './said.ts';

const say = (data: { readonly type: string; readonly [key: string]: unknown }) => frame(data, data.type);

/** OpenAI's Responses API. */
export const responsesWire: Wire = {
  frames({ thought, text, calls = [], stop, cacheRead = 0, cacheWrite = 0 }: SaidTurn) {
    const response = { id: 'r1', object: 'response', model: 'model-a', status: 'in_progress', output: [] };
    const part =
      stop === 'refusal'
        ? { type: 'refusal', refusal: text }
        : { type: 'output_text', text, annotations: [] };
    const items = calls.map(({ id, name, arguments: args }, at) => ({
      type: 'function_call',
      id: `f${at}`,
      call_id: id,
      name,
      arguments: args,
    }));
    const reasoning = { type: 'reasoning', id: 'rs1', summary: [], encrypted_content: `sealed ${thought}` };
    const output = [
      ...(thought === undefined ? [] : [reasoning]),
      ...(text === undefined ? [] : [{ type: 'message', role: 'assistant', id: 'm1', content: [part] }]),
      ...items,
    ];
    const usage = {
      input_tokens: 100 + cacheRead + cacheWrite,
      input_tokens_details: { cached_tokens: cacheRead, cache_write_tokens: cacheWrite },
      output_tokens: 7,
    };
    const incomplete_details = stop === 'length' ? { reason: 'max_output_tokens' } : null;
    const type = stop === 'length' ? 'response.incomplete' : 'response.completed';
    return [
      say({ type: 'response.created', response }),
      say({ type: 'response.in_progress', response }),
      ...pieces(text ?? '').map((of) =>
        say({ type: 'response.output_text.delta', item_id: 'm1', delta: of }),
      ),
      ...items.map((item, at) =>
        say({ type: 'response.output_item.added', output_index: at, item: { ...item, arguments: '' } }),
      ),
      ...interleaved(calls).map(({ at, piece }) =>
        say({ type: 'response.function_call_arguments.delta', item_id: `f${at}`, delta: piece }),
      ),
      say({ type, response: { ...response, output, usage, incomplete_details } }),
    ];
  },
  error: openaiError,
  beat: say({ type: 'keepalive', sequence_number: 1 }),
  codes: {
    spendCap: 'insufficient_quota',
    overflow: {
      code: 'context_length_exceeded',
      message: 'Your input exceeds the context window of this model.',
    },
  },
};
