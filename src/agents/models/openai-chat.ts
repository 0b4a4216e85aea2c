import type OpenAI from 'openai';
import type { Message, Model, ModelAnswer, ModelFailure, ModelTurn, Prompt, Reasoning } from '../model.ts';
import { askVendor, checkVendor, clientOptions, toolInput, type VendorOptions } from './ask-vendor.ts';
import { failureOf } from './vendor-failure.ts';

type Chunk = OpenAI.ChatCompletionChunk;

export interface ChatOptions extends VendorOptions {
  /** How the limit of output is named: OpenAI itself has renamed it, most servers that speak its format have not. */
  readonly outputLimit: 'max_tokens' | 'max_completion_tokens';
}

/** A model behind a server that speaks OpenAI's Chat Completions: Ollama, vLLM, OpenRouter, a gateway, OpenAI itself. */
export function openaiChat(options: ChatOptions): Model {
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
        const list = open(sdk).models.list({ signal });
        return list.then(({ data }) => notAmong(data, options), unlessNotServed);
      });
    },
    async ask(prompt, signal) {
      const { default: sdk } = await import('openai');
      return askVendor<Chunk>({
        options,
        errors: sdk,
        signal,
        prompt,
        open: (signal) => open(sdk).chat.completions.create(requestOf(options, prompt), { signal }),
        thinksAfter,
        read: (chunks) => read(chunks, label),
      });
    },
  };
}

/** A server that lists models without this one does not have it; one that lists none says nothing. */
function notAmong(listed: unknown, { label, model }: ChatOptions): ModelFailure | null {
  const ids = Array.isArray(listed) ? listed.map((each) => (each as { id?: unknown } | null)?.id) : [];
  const has = ids.length === 0 || ids.includes(model) || ids.includes(`${model}:latest`);
  return has ? null : failureOf('model_unknown', label, 'is not among the models that its address lists');
}

/** Many servers of this format answer nothing but what they are for. */
function unlessNotServed(error: unknown): null {
  const status = error instanceof Error && 'status' in error ? error.status : null;
  if (status === 404 || status === 405) return null;
  throw error;
}

function requestOf(
  { model, label, outputLimit }: ChatOptions,
  prompt: Prompt,
): OpenAI.ChatCompletionCreateParamsStreaming {
  const system = { role: 'system', content: prompt.system } as const;
  return {
    model,
    [outputLimit]: prompt.maxOutputTokens,
    stream: true,
    stream_options: { include_usage: true },
    messages: [
      ...(prompt.system === '' ? [] : [system]),
      ...prompt.messages.flatMap((message) => messagesOf(message, label)),
    ],
    // An empty list is an error on some servers.
    ...(prompt.tools.length > 0 && {
      tools: prompt.tools.map(({ name, description, parameters }) => ({
        type: 'function' as const,
        function: { name, description, parameters },
      })),
    }),
  };
}

function messagesOf(message: Message, label: string): OpenAI.ChatCompletionMessageParam[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'assistant': {
      const tool_calls = message.toolCalls.map(({ id, name, input }) => ({
        id,
        type: 'function' as const,
        function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
      }));
      const [thought] = message.reasoning?.label === label ? message.reasoning.parts : [];
      return [
        {
          role: 'assistant',
          content: message.text,
          ...(typeof thought === 'string' && { reasoning_content: thought }),
          ...(tool_calls.length > 0 && { tool_calls }),
        },
      ];
    }
    case 'tools':
      return message.results.map(({ callId, text, isError }) => ({
        role: 'tool',
        tool_call_id: callId,
        content: isError ? `Error: ${text}` : text,
      }));
  }
}

/** Until the first word or call, a model may think without saying what. */
function thinksAfter({ choices: [choice] }: Chunk): boolean {
  return choice !== undefined && !choice.finish_reason && !choice.delta.content && !choice.delta.tool_calls;
}

interface Call {
  id: string;
  name: string;
  arguments: string;
}

type Piece = OpenAI.ChatCompletionChunk.Choice.Delta.ToolCall;
type Usage = OpenAI.CompletionUsage & {
  /** DeepSeek's name for them. */ readonly prompt_cache_hit_tokens?: number;
};
type Delta = OpenAI.ChatCompletionChunk.Choice.Delta & {
  /** DeepSeek's, and vLLM's: what the model thinks. DeepSeek wants it back with the results of its calls. */
  readonly reasoning_content?: unknown;
};

function read(chunks: readonly Chunk[], label: string): ModelAnswer | null {
  const pieces: Piece[] = [];
  let text = '';
  let thought = '';
  let refused = false;
  let finish: string | null = null;
  let usage: Usage | null = null;
  for (const chunk of chunks) {
    usage = chunk.usage ?? usage;
    const choice = chunk.choices[0];
    if (choice === undefined) continue;
    const delta: Delta = choice.delta;
    finish = choice.finish_reason ?? finish;
    text += delta.content ?? delta.refusal ?? '';
    refused ||= typeof delta.refusal === 'string';
    if (typeof delta.reasoning_content === 'string') thought += delta.reasoning_content;
    pieces.push(...(delta.tool_calls ?? []));
  }
  if (finish === null) return null;

  const toolCalls = callsOf(pieces).map(({ id, name, arguments: raw }) => ({
    id,
    name,
    input: toolInput(raw),
  }));
  const reasoning: Reasoning | undefined =
    thought !== '' && toolCalls.length > 0 ? { label, parts: [thought] } : undefined;
  const turn: ModelTurn = {
    text,
    toolCalls,
    reasoning,
    usage: usageOf(usage),
    stop: stopOf(finish, refused, toolCalls.length),
  };
  return { ok: true, turn };
}

/** Puts the pieces of calls together: by their number, and by their id where a server counts all of them as the first. */
function callsOf(pieces: readonly Piece[]): readonly Call[] {
  const calls: Call[] = [];
  const byIndex = new Map<number, Call>();
  for (const { index, id, function: piece } of pieces) {
    let call = byIndex.get(index);
    if (call === undefined || (id && call.id !== '' && id !== call.id)) {
      call = { id: '', name: '', arguments: '' };
      byIndex.set(index, call);
      calls.push(call);
    }
    call.id ||= id ?? '';
    call.name ||= piece?.name ?? '';
    const more: unknown = piece?.arguments;
    call.arguments += typeof more === 'object' && more !== null ? JSON.stringify(more) : (more ?? '');
  }
  return calls;
}

/** OpenAI counts cached tokens, read and written, among `prompt_tokens`. A server that reports no usage is counted as none. */
function usageOf(usage: Usage | null): ModelTurn['usage'] {
  const cacheRead = usage?.prompt_tokens_details?.cached_tokens ?? usage?.prompt_cache_hit_tokens ?? 0;
  const cacheWrite = usage?.prompt_tokens_details?.cache_write_tokens ?? 0;
  return {
    input: Math.max(0, (usage?.prompt_tokens ?? 0) - cacheRead - cacheWrite),
    cacheRead,
    cacheWrite,
    output: usage?.completion_tokens ?? 0,
  };
}

function stopOf(finish: string, refused: boolean, calls: number): ModelTurn['stop'] {
  if (refused || finish === 'content_filter') return 'refusal';
  if (finish === 'length') return 'length';
  // Some servers say `stop` beside their tool calls.
  return calls > 0 ? 'tools' : 'end';
}
