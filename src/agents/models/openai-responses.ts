import type OpenAI from 'openai';
import type { Message, Model, ModelAnswer, ModelTurn, Prompt, Reasoning, ToolCall } from '../model.ts';
import { askVendor, checkVendor, clientOptions, toolInput, type VendorOptions } from './ask-vendor.ts';
import { failureOf } from './vendor-failure.ts';

type Event = OpenAI.Responses.ResponseStreamEvent;
type Response = OpenAI.Responses.Response;
type Item = OpenAI.Responses.ResponseInputItem;

/** A model behind OpenAI's Responses API. Nothing is stored at OpenAI: each turn carries the whole conversation. */
export function openaiResponses(options: VendorOptions): Model {
  const { name, label, price, capabilities } = options;
  const open = (sdk: typeof OpenAI) =>
    new sdk({
      ...clientOptions(options),
      apiKey: options.apiKey,
      baseURL: options.baseUrl ?? 'https://api.openai.com/v1',
      // Said, so that they are not looked up in the environment.
      organization: null,
      project: null,
    });
  return {
    name,
    label,
    price,
    capabilities,
    async check(signal) {
      const { default: sdk } = await import('openai');
      return checkVendor({ options, errors: sdk, signal }, async (signal) => {
        await open(sdk).models.retrieve(options.model, { signal });
        return null;
      });
    },
    async ask(prompt, signal) {
      const { default: sdk } = await import('openai');
      return askVendor<Event>({
        options,
        errors: sdk,
        signal,
        prompt,
        open: (signal) => open(sdk).responses.create(requestOf(options.model, label, prompt), { signal }),
        thinksAfter,
        read: (events) => read(events, label),
      });
    },
  };
}

function requestOf(
  model: string,
  label: string,
  prompt: Prompt,
): OpenAI.Responses.ResponseCreateParamsStreaming {
  return {
    model,
    instructions: prompt.system,
    max_output_tokens: prompt.maxOutputTokens,
    stream: true,
    store: false,
    input: prompt.messages.flatMap((message) => itemsOf(message, label)),
    tools: prompt.tools.map(({ name, description, parameters }) => ({
      type: 'function',
      name,
      description,
      parameters: { ...parameters },
      // The strict mode demands that every field is required; each tool's own schema is the judge instead.
      strict: false,
    })),
  };
}

function itemsOf(message: Message, label: string): Item[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'assistant': {
      const { text, toolCalls, reasoning } = message;
      if (reasoning?.label === label) return asThought(reasoning, toolCalls);
      return [...textItems(text), ...toolCalls.map(callItem)];
    }
    case 'tools':
      return message.results.map(({ callId, text, isError }) => ({
        type: 'function_call_output',
        call_id: callId,
        output: isError ? `Error: ${text}` : text,
      }));
  }
}

const textItems = (text: string): Item[] => (text === '' ? [] : [{ role: 'assistant', content: text }]);

function callItem({ id, name, input }: ToolCall): Item {
  const raw = typeof input === 'string' ? input : JSON.stringify(input);
  return { type: 'function_call', call_id: id, name, arguments: raw };
}

/** A turn in its order: what the model thought, sealed, comes back before the call that it led to. */
type Part =
  | OpenAI.Responses.ResponseReasoningItem
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'call'; readonly at: number };

function asThought({ parts }: Reasoning, calls: readonly ToolCall[]): Item[] {
  return (parts as readonly Part[]).flatMap((part): Item[] => {
    if (part.type === 'text') return textItems(part.text);
    if (part.type !== 'call') return [part];
    const call = calls[part.at];
    return call === undefined ? [] : [callItem(call)];
  });
}

/** What is thought is not streamed: between these events and the next lies all of it. */
function thinksAfter(event: Event): boolean {
  if (event.type === 'response.output_item.added') return event.item.type === 'reasoning';
  return ['response.created', 'response.queued', 'response.in_progress'].includes(event.type);
}

/** The last event holds the whole response. */
function read(events: readonly Event[], label: string): ModelAnswer | null {
  const last = events.at(-1);
  if (last?.type === 'response.failed') return { ok: false, failure: failed(last.response, label) };
  if (last?.type !== 'response.completed' && last?.type !== 'response.incomplete') return null;
  const { output, incomplete_details, usage } = last.response;

  const parts = output.flatMap((item) => (item.type === 'message' ? item.content : []));
  const toolCalls = output.flatMap((item) =>
    item.type === 'function_call'
      ? [{ id: item.call_id, name: item.name, input: toolInput(item.arguments) }]
      : [],
  );
  const turn: ModelTurn = {
    text: parts.map(wordsOf).join(''),
    toolCalls,
    reasoning: toolCalls.length > 0 ? reasoningOf(output, label) : undefined,
    usage: usageOf(usage),
    stop:
      incomplete_details?.reason === 'content_filter' || parts.some((part) => part.type === 'refusal')
        ? 'refusal'
        : last.type === 'response.incomplete'
          ? 'length'
          : toolCalls.length > 0
            ? 'tools'
            : 'end',
  };
  return { ok: true, turn };
}

function wordsOf(part: OpenAI.Responses.ResponseOutputMessage['content'][number]): string {
  return part.type === 'refusal' ? part.refusal : part.text;
}

/** What has to go back with the results of the calls; undefined when nothing of it can be opened again. */
function reasoningOf(output: Response['output'], label: string): Reasoning | undefined {
  let calls = 0;
  const parts = output.flatMap((item): Part[] => {
    // Nothing is stored at OpenAI, so that a thought without its sealed content can't be found again.
    if (item.type === 'reasoning') return item.encrypted_content ? [item] : [];
    if (item.type === 'function_call') return [{ type: 'call', at: calls++ }];
    return item.type === 'message' ? [{ type: 'text', text: item.content.map(wordsOf).join('') }] : [];
  });
  return parts.some(({ type }) => type === 'reasoning') ? { label, parts } : undefined;
}

/** OpenAI counts cached tokens, read and written, among `input_tokens`. */
function usageOf(usage: Response['usage']): ModelTurn['usage'] {
  const cacheRead = usage?.input_tokens_details?.cached_tokens ?? 0;
  const cacheWrite = usage?.input_tokens_details?.cache_write_tokens ?? 0;
  return {
    input: Math.max(0, (usage?.input_tokens ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output: usage?.output_tokens ?? 0,
  };
}

function failed({ error }: Response, label: string) {
  switch (error?.code) {
    case undefined:
    case 'server_error':
    case 'vector_store_timeout':
      return failureOf('model_unavailable', label, 'is out of order or overloaded');
    case 'rate_limit_exceeded':
      return failureOf('model_rate_limited', label, 'asked us to slow down');
    default: {
      const words = String(error?.message ?? error?.code)
        .replace(/\s+/g, ' ')
        .slice(0, 300);
      return failureOf('model_bad_request', label, `refused the request (${words})`);
    }
  }
}
