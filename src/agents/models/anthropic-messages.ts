import type Anthropic from '@anthropic-ai/sdk';
import type {
  Message,
  Model,
  ModelAnswer,
  ModelTurn,
  Prompt,
  Reasoning,
  ToolCall,
  ToolResult,
} from '../model.ts';
import { askVendor, checkVendor, clientOptions, toolInput, type VendorOptions } from './ask-vendor.ts';
import { type BedrockOptions, bedrockClient } from './bedrock-client.ts';

type Event = Anthropic.RawMessageStreamEvent;
type Sdk = typeof import('@anthropic-ai/sdk').default;
type Client = { readonly messages: Pick<Anthropic.Messages, 'create'> };

export interface AnthropicOptions extends VendorOptions {
  /** True for a gateway of the time before `Authorization: Bearer` and the API version of 2026. */
  readonly legacy?: boolean | undefined;
}

/** A model behind Anthropic's Messages API. */
export function anthropicMessages(options: AnthropicOptions): Model {
  const open = (sdk: Sdk) =>
    new sdk({
      ...clientOptions(options),
      apiKey: options.apiKey,
      baseURL: options.baseUrl ?? 'https://api.anthropic.com',
      openTelemetry: false,
      ...(options.legacy && {
        defaultHeaders: {
          authorization: null,
          'x-api-key': options.apiKey,
          'anthropic-version': '2023-06-01',
        },
      }),
    });
  return {
    ...modelOver(options, open),
    async check(signal) {
      const { default: sdk } = await import('@anthropic-ai/sdk');
      return checkVendor({ options, errors: sdk, signal }, async (signal) => {
        await open(sdk).models.retrieve(options.model, {}, { signal });
        return null;
      });
    },
  };
}

/**
 * A model of Anthropic's at Amazon Bedrock, in the same format; null when the package for it is not installed. Bedrock
 * has nothing to ask that is free and shows that the key may ask this model, so that its check says that all is well.
 */
export async function anthropicBedrock(options: BedrockOptions): Promise<Model | null> {
  const client = await bedrockClient(options);
  return client && { ...modelOver(options, () => client), check: async () => null };
}

function modelOver(options: Omit<VendorOptions, 'apiKey'>, open: (sdk: Sdk) => Client): Omit<Model, 'check'> {
  const { name, label, price, capabilities } = options;
  return {
    name,
    label,
    price,
    capabilities,
    async ask(prompt, signal) {
      const { default: sdk } = await import('@anthropic-ai/sdk');
      return askVendor<Event>({
        options,
        errors: sdk,
        signal,
        prompt,
        open: (signal) => open(sdk).messages.create(requestOf(options.model, label, prompt), { signal }),
        thinksAfter,
        read: (events) => read(events, label),
      });
    },
  };
}

const CACHED = { cache_control: { type: 'ephemeral' } } as const;

/**
 * Up to three marks for the cache: at the end of the system text, with the tools before it; where the previous call
 * ended, which wrote that entry; and at the end, for the next call. The second one is needed because a lookup goes back
 * 20 blocks from a mark and no further (docs, "Prompt caching"), and one turn can hold more.
 */
function requestOf(model: string, label: string, prompt: Prompt): Anthropic.MessageCreateParamsStreaming {
  const messages = prompt.messages.map((message) => messageOf(message, label));
  const previousEnd = prompt.messages.findLastIndex(({ role }) => role === 'assistant') - 1;
  for (const at of new Set([previousEnd, messages.length - 1])) {
    const last = messages[at]?.content.at(-1);
    // What thinks can't be marked; only what we said ends a call.
    if (last?.type === 'text' || last?.type === 'tool_result') Object.assign(last, CACHED);
  }
  return {
    model,
    max_tokens: prompt.maxOutputTokens,
    stream: true,
    system: prompt.system === '' ? [] : [{ type: 'text', text: prompt.system, ...CACHED }],
    tools: prompt.tools.map(({ name, description, parameters }) => ({
      name,
      description,
      input_schema: { ...parameters, type: 'object' },
    })),
    messages: messages.filter(({ content }) => content.length > 0),
  };
}

type Blocks = { role: 'user' | 'assistant'; content: Anthropic.ContentBlockParam[] };

/** Blank text blocks and empty messages are refused by the API; an empty message is left out. */
function messageOf(message: Message, label: string): Blocks {
  switch (message.role) {
    case 'user':
      return { role: 'user', content: textBlocks(message.text) };
    case 'assistant': {
      const { text, toolCalls, reasoning } = message;
      if (reasoning?.label === label) return { role: 'assistant', content: asThought(reasoning, toolCalls) };
      return { role: 'assistant', content: [...textBlocks(text), ...toolCalls.map(toolUse)] };
    }
    case 'tools':
      return { role: 'user', content: message.results.map(toolResult) };
  }
}

function textBlocks(text: string): Anthropic.TextBlockParam[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

/** The wire takes only objects, and ids of letters: another model's call may have had others. */
function toolUse({ id, name, input }: ToolCall): Anthropic.ToolUseBlockParam {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return { type: 'tool_use', id: wireId(id), name, input: isObject ? input : { not_a_json_object: input } };
}

function toolResult({ callId, text, isError }: ToolResult): Anthropic.ToolResultBlockParam {
  return { type: 'tool_result', tool_use_id: wireId(callId), content: text, is_error: isError };
}

const wireId = (id: string) => id.replaceAll(/[^\w-]/g, '_');

type Thought = Anthropic.ThinkingBlockParam | Anthropic.RedactedThinkingBlockParam;
/** A turn in its order, which the API insists on: thoughts as they came, texts, and calls by their number. */
type Part =
  | Thought
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly at: number };

function asThought({ parts }: Reasoning, calls: readonly ToolCall[]): Anthropic.ContentBlockParam[] {
  return (parts as readonly Part[]).flatMap((part): Anthropic.ContentBlockParam[] => {
    if (part.type === 'text') return textBlocks(part.text);
    if (part.type !== 'call') return [part];
    const call = calls[part.at];
    return call === undefined ? [] : [toolUse(call)];
  });
}

/** Thinking may be left out of what is streamed: then nothing comes between its beginning and its signature. */
function thinksAfter(event: Event): boolean {
  if (event.type === 'message_start') return true;
  return event.type === 'content_block_start' && /thinking$/.test(event.content_block.type);
}

interface Block {
  readonly start: Anthropic.ContentBlock;
  text: string;
  signature: string;
}

function read(events: readonly Event[], label: string): ModelAnswer | null {
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
      blocks.set(event.index, begun(event.content_block));
    }
    if (event.type === 'content_block_delta') {
      const block = blocks.get(event.index);
      if (block) add(block, event.delta);
    }
    if (event.type === 'message_delta') {
      Object.assign(usage, known(event.usage));
      stop = event.delta.stop_reason;
    }
  }
  if (stop === null || events.at(-1)?.type !== 'message_stop') return null;

  const said = [...blocks.values()];
  const toolCalls = said.flatMap(({ start, text }) =>
    start.type === 'tool_use' ? [{ id: start.id, name: start.name, input: inputOf(start, text) }] : [],
  );
  const turn: ModelTurn = {
    text: said.map(({ start, text }) => (start.type === 'text' ? text : '')).join(''),
    toolCalls,
    reasoning: toolCalls.length > 0 ? reasoningOf(said, label) : undefined,
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

/** Some gateways send the arguments whole, where the block begins. */
function inputOf({ input }: Anthropic.ToolUseBlock, streamed: string): unknown {
  return streamed === '' ? (input ?? {}) : toolInput(streamed);
}

function begun(start: Anthropic.ContentBlock): Block {
  if (start.type === 'text') return { start, text: start.text, signature: '' };
  if (start.type === 'thinking') return { start, text: start.thinking, signature: start.signature };
  return { start, text: '', signature: '' };
}

function add(block: Block, delta: Anthropic.RawContentBlockDelta): void {
  if (delta.type === 'text_delta') block.text += delta.text;
  if (delta.type === 'input_json_delta') block.text += delta.partial_json;
  if (delta.type === 'thinking_delta') block.text += delta.thinking;
  if (delta.type === 'signature_delta') block.signature += delta.signature;
}

/** What has to go back with the results of the calls; undefined when the model did not think. */
function reasoningOf(said: readonly Block[], label: string): Reasoning | undefined {
  let calls = 0;
  const parts = said.flatMap(({ start, text, signature }): Part[] => {
    if (start.type === 'thinking') return [{ type: 'thinking', thinking: text, signature }];
    if (start.type === 'redacted_thinking') return [{ type: 'redacted_thinking', data: start.data }];
    if (start.type === 'tool_use') return [{ type: 'call', at: calls++ }];
    return start.type === 'text' ? [{ type: 'text', text }] : [];
  });
  return parts.some(({ type }) => /thinking$/.test(type)) ? { label, parts } : undefined;
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
