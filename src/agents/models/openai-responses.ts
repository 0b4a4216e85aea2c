import type OpenAI from 'openai';
import type { Message, Model, ModelAnswer, ModelTurn, Prompt } from '../model.ts';
import { askVendor, clientOptions, toolInput, type VendorOptions } from './ask-vendor.ts';
import { failureOf } from './vendor-failure.ts';

type Event = OpenAI.Responses.ResponseStreamEvent;
type Response = OpenAI.Responses.Response;

/** A model behind OpenAI's Responses API. Nothing is stored at OpenAI: each turn carries the whole conversation. */
export function openaiResponses(options: VendorOptions): Model {
  const label = `openai/${options.model}`;
  return {
    name: options.name,
    label,
    price: options.price,
    async ask(prompt, signal) {
      const { default: Sdk } = await import('openai');
      const client = new Sdk({
        ...clientOptions(options),
        baseURL: options.baseUrl ?? 'https://api.openai.com/v1',
        // Said, so that they are not looked up in the environment.
        organization: null,
        project: null,
      });
      return askVendor<Event>({
        label,
        errors: Sdk,
        signal,
        open: () => client.responses.create(requestOf(options.model, prompt), { signal }),
        read: (events) => read(events, label),
      });
    },
  };
}

function requestOf(model: string, prompt: Prompt): OpenAI.Responses.ResponseCreateParamsStreaming {
  return {
    model,
    instructions: prompt.system,
    max_output_tokens: prompt.maxOutputTokens,
    stream: true,
    store: false,
    input: prompt.messages.flatMap(itemsOf),
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

function itemsOf(message: Message): OpenAI.Responses.ResponseInputItem[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'assistant': {
      const calls = message.toolCalls.map(({ id, name, input }) => ({
        type: 'function_call' as const,
        call_id: id,
        name,
        arguments: typeof input === 'string' ? input : JSON.stringify(input),
      }));
      return message.text === '' ? calls : [{ role: 'assistant', content: message.text }, ...calls];
    }
    case 'tools':
      return message.results.map(({ callId, text, isError }) => ({
        type: 'function_call_output',
        call_id: callId,
        output: isError ? `Error: ${text}` : text,
      }));
  }
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
    text: parts.map((part) => (part.type === 'refusal' ? part.refusal : part.text)).join(''),
    toolCalls,
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
    default:
      return failureOf('model_bad_request', label, `refused the request: ${error?.message ?? error?.code}`);
  }
}
