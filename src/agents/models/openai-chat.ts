import type OpenAI from 'openai';
import type { Message, Model, ModelAnswer, ModelTurn, Prompt } from '../model.ts';
import { askVendor, clientOptions, toolInput, type VendorOptions } from './ask-vendor.ts';

type Chunk = OpenAI.ChatCompletionChunk;

/** A model behind a server that speaks OpenAI's Chat Completions: Ollama, vLLM, OpenRouter, a gateway. */
export function openaiChat(options: VendorOptions): Model {
  const label = `openai-compatible/${options.model}`;
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
      return askVendor<Chunk>({
        label,
        errors: Sdk,
        signal,
        open: () => client.chat.completions.create(requestOf(options.model, prompt), { signal }),
        read,
      });
    },
  };
}

function requestOf(model: string, prompt: Prompt): OpenAI.ChatCompletionCreateParamsStreaming {
  const system = { role: 'system', content: prompt.system } as const;
  return {
    model,
    // OpenAI itself has renamed it; the servers that this adapter is for have not.
    max_tokens: prompt.maxOutputTokens,
    stream: true,
    stream_options: { include_usage: true },
    messages: [...(prompt.system === '' ? [] : [system]), ...prompt.messages.flatMap(messagesOf)],
    // An empty list is an error on some servers.
    ...(prompt.tools.length > 0 && {
      tools: prompt.tools.map(({ name, description, parameters }) => ({
        type: 'function' as const,
        function: { name, description, parameters },
      })),
    }),
  };
}

function messagesOf(message: Message): OpenAI.ChatCompletionMessageParam[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: message.text }];
    case 'assistant': {
      const tool_calls = message.toolCalls.map(({ id, name, input }) => ({
        id,
        type: 'function' as const,
        function: { name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
      }));
      return [{ role: 'assistant', content: message.text, ...(tool_calls.length > 0 && { tool_calls }) }];
    }
    case 'tools':
      return message.results.map(({ callId, text, isError }) => ({
        role: 'tool',
        tool_call_id: callId,
        content: isError ? `Error: ${text}` : text,
      }));
  }
}

interface Call {
  id: string;
  name: string;
  arguments: string;
}

function read(chunks: readonly Chunk[]): ModelAnswer | null {
  const calls = new Map<number, Call>();
  let text = '';
  let refused = false;
  let finish: string | null = null;
  let usage: OpenAI.CompletionUsage | null = null;
  for (const chunk of chunks) {
    usage = chunk.usage ?? usage;
    const choice = chunk.choices[0];
    if (choice === undefined) continue;
    finish = choice.finish_reason ?? finish;
    text += choice.delta.content ?? choice.delta.refusal ?? '';
    refused ||= typeof choice.delta.refusal === 'string';
    for (const part of choice.delta.tool_calls ?? []) {
      const call = calls.get(part.index) ?? { id: '', name: '', arguments: '' };
      calls.set(part.index, call);
      call.id ||= part.id ?? '';
      call.name ||= part.function?.name ?? '';
      call.arguments += part.function?.arguments ?? '';
    }
  }
  if (finish === null) return null;

  const toolCalls = [...calls.values()].map((call) => ({
    id: call.id,
    name: call.name,
    input: toolInput(call.arguments),
  }));
  const turn: ModelTurn = {
    text,
    toolCalls,
    usage: usageOf(usage),
    stop: stopOf(finish, refused, toolCalls.length),
  };
  return { ok: true, turn };
}

/** OpenAI counts cached tokens among `prompt_tokens`. A server that reports no usage is counted as none. */
function usageOf(usage: OpenAI.CompletionUsage | null): ModelTurn['usage'] {
  const cacheRead = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  return {
    input: Math.max(0, (usage?.prompt_tokens ?? 0) - cacheRead),
    cacheRead,
    cacheWrite: 0,
    output: usage?.completion_tokens ?? 0,
  };
}

function stopOf(finish: string, refused: boolean, calls: number): ModelTurn['stop'] {
  if (refused || finish === 'content_filter') return 'refusal';
  if (finish === 'length') return 'length';
  // Some servers say `stop` beside their tool calls.
  return calls > 0 ? 'tools' : 'end';
}
