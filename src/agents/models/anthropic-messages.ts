import type Anthropic from '@anthropic-ai/sdk';
import type { Message, Model, ModelAnswer, ModelTurn, Prompt, ToolCall, ToolResult } from '../model.ts';
import { askVendor, clientOptions, toolInput, type VendorOptions } from './ask-vendor.ts';

type Event = Anthropic.RawMessageStreamEvent;

/** A model behind Anthropic's Messages API. */
export function anthropicMessages(options: VendorOptions): Model {
  const label = `anthropic/${options.model}`;
  return {
    name: options.name,
    label,
    price: options.price,
    async ask(prompt, signal) {
      const { default: Sdk } = await import('@anthropic-ai/sdk');
      const client = new Sdk({
        ...clientOptions(options),
        baseURL: options.baseUrl ?? 'https://api.anthropic.com',
        openTelemetry: false,
      });
      return askVendor<Event>({
        label,
        errors: Sdk,
        signal,
        open: () => client.messages.create(requestOf(options.model, prompt), { signal }),
        read,
      });
    },
  };
}

/** Cached up to two marks: the end of the system text, with the tools before it, and the end of the conversation. */
function requestOf(model: string, prompt: Prompt): Anthropic.MessageCreateParamsStreaming {
  const cache_control = { type: 'ephemeral' } as const;
  return {
    model,
    max_tokens: prompt.maxOutputTokens,
    stream: true,
    cache_control,
    system: prompt.system === '' ? [] : [{ type: 'text', text: prompt.system, cache_control }],
    tools: prompt.tools.map(({ name, description, parameters }) => ({
      name,
      description,
      input_schema: { ...parameters, type: 'object' },
    })),
    messages: prompt.messages.map(messageOf).filter(({ content }) => content.length > 0),
  };
}

/** Blank text blocks and empty messages are refused by the API; an empty message is left out. */
function messageOf(message: Message): Anthropic.MessageParam {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: message.text };
    case 'assistant': {
      const text = message.text.trim() === '' ? [] : [{ type: 'text' as const, text: message.text }];
      return { role: 'assistant', content: [...text, ...message.toolCalls.map(toolUse)] };
    }
    case 'tools':
      return { role: 'user', content: message.results.map(toolResult) };
  }
}

/** The wire takes only objects: what was not one goes back under a name that tells the model so. */
function toolUse({ id, name, input }: ToolCall): Anthropic.ToolUseBlockParam {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return { type: 'tool_use', id, name, input: isObject ? input : { not_a_json_object: input } };
}

function toolResult({ callId, text, isError }: ToolResult): Anthropic.ToolResultBlockParam {
  return { type: 'tool_result', tool_use_id: callId, content: text, is_error: isError };
}

interface Block {
  readonly call: { readonly id: string; readonly name: string } | null;
  text: string;
}

function read(events: readonly Event[]): ModelAnswer | null {
  const blocks = new Map<number, Block>();
  const usage = {
    input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation_input_tokens: 0,
    output_tokens: 0,
  };
  let stop: Anthropic.StopReason | null = null;
  for (const event of events) {
    if (event.type === 'message_start') Object.assign(usage, known(event.message.usage));
    if (event.type === 'content_block_start') {
      const { content_block: block } = event;
      const text = block.type === 'text' ? block.text : '';
      blocks.set(event.index, { call: block.type === 'tool_use' ? block : null, text });
    }
    if (event.type === 'content_block_delta') {
      const block = blocks.get(event.index);
      if (block !== undefined && event.delta.type === 'text_delta') block.text += event.delta.text;
      if (block !== undefined && event.delta.type === 'input_json_delta')
        block.text += event.delta.partial_json;
    }
    if (event.type === 'message_delta') {
      Object.assign(usage, known(event.usage));
      stop = event.delta.stop_reason;
    }
  }
  if (stop === null || events.at(-1)?.type !== 'message_stop') return null;

  const said = [...blocks.values()];
  const turn: ModelTurn = {
    text: said.map(({ call, text }) => (call === null ? text : '')).join(''),
    toolCalls: said.flatMap(({ call, text }) =>
      call === null ? [] : [{ id: call.id, name: call.name, input: toolInput(text) }],
    ),
    // Anthropic counts cached tokens beside `input_tokens`, not among them.
    usage: {
      input: usage.input_tokens,
      cacheRead: usage.cache_read_input_tokens,
      cacheWrite: usage.cache_creation_input_tokens,
      output: usage.output_tokens,
    },
    stop: stopOf(stop),
  };
  return { ok: true, turn };
}

function stopOf(reason: Anthropic.StopReason): ModelTurn['stop'] {
  switch (reason) {
    case 'tool_use':
      return 'tools';
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length';
    case 'refusal':
      return 'refusal';
    default:
      return 'end';
  }
}

/** The counts that an event knows: later events repeat some and leave others out or null. */
function known(usage: object): object {
  return Object.fromEntries(Object.entries(usage).filter(([, count]) => typeof count === 'number'));
}
