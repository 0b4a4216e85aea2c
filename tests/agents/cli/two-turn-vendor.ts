import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Json = Record<string, unknown>;

/** What a CLI's model wants done, in each CLI's own tool. `null`: a request without tools, for a title or the like. */
interface Wish {
  readonly name: string;
  /** Text: of a tool that takes no JSON. */
  readonly input: Json | string;
}

export interface AskedOnce {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Json;
}

export interface TwoTurnVendor {
  readonly url: string;
  readonly asked: readonly AskedOnce[];
  close(): Promise<void>;
}

const TOOLS = ['Bash', 'exec_command', 'shell_command', 'shell', 'bash', 'run_shell_command'];

/**
 * A vendor on this machine that speaks all four wire formats: it has the CLI run `command` in its shell, and once it
 * has seen a tool's result it says `words`.
 */
export async function twoTurnVendor(command: string, words: string): Promise<TwoTurnVendor> {
  const asked: AskedOnce[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: Json = JSON.parse(Buffer.concat(chunks).toString() || '{}');
    const path = request.url ?? '';
    asked.push({ path, headers: request.headers, body });
    const wish = wishOf(body, command);
    const say = stream(response, path);
    if (path.includes('/messages')) messages(say, wish, words);
    else if (path.includes('/responses')) responses(say, wish, words);
    else if (path.includes('/chat/completions')) chat(say, wish, words);
    else gemini(say, wish, words);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function wishOf(body: Json, command: string): Wish | null {
  const said = JSON.stringify(body);
  const seen =
    /"tool_result"|"function_call_output"|"custom_tool_call_output"|"role":"tool"|"functionResponse"/;
  if (seen.test(said)) return null;
  // Codex offers this one to models that it knows, and not in the list of tools.
  if (said.includes('"additional_tools"'))
    return { name: 'exec', input: `text(await tools.exec_command(${JSON.stringify({ cmd: command })}));` };
  const names = JSON.stringify(body.tools ?? []);
  const name = TOOLS.find((tool) => names.includes(`"name":"${tool}"`));
  if (name === undefined) return null;
  if (name === 'exec_command') return { name, input: { cmd: command } };
  if (name === 'shell') return { name, input: { command: ['bash', '-lc', command] } };
  return { name, input: { command, description: 'Writes a file' } };
}

type Say = (data: Json, event?: string) => void;

function stream(response: ServerResponse, path: string): Say {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': path });
  return (data, event) =>
    response.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`);
}

function messages(say: Say, wish: Wish | null, words: string): void {
  const usage = {
    input_tokens: 900,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 0,
    output_tokens: 1,
  };
  const typed = (data: Json) => say(data, String(data.type));
  typed({
    type: 'message_start',
    message: {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'model-a',
      content: [],
      stop_reason: null,
      usage,
    },
  });
  typed({
    type: 'content_block_start',
    index: 0,
    content_block: wish
      ? { type: 'tool_use', id: 'toolu_01', name: wish.name, input: {} }
      : { type: 'text', text: '' },
  });
  typed({
    type: 'content_block_delta',
    index: 0,
    delta: wish
      ? { type: 'input_json_delta', partial_json: JSON.stringify(wish.input) }
      : { type: 'text_delta', text: words },
  });
  typed({ type: 'content_block_stop', index: 0 });
  typed({
    type: 'message_delta',
    delta: { stop_reason: wish ? 'tool_use' : 'end_turn' },
    usage: { output_tokens: 20 },
  });
  typed({ type: 'message_stop' });
}

function responses(say: Say, wish: Wish | null, words: string): void {
  const typed = (data: Json) => say(data, String(data.type));
  const call = wish && { call_id: 'call_1', name: wish.name, status: 'completed' };
  const item = wish
    ? typeof wish.input === 'string'
      ? { type: 'custom_tool_call', id: 'ctc_1', ...call, input: wish.input }
      : { type: 'function_call', id: 'fc_1', ...call, arguments: JSON.stringify(wish.input) }
    : {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: words, annotations: [] }],
      };
  const usage = {
    input_tokens: 1_000,
    input_tokens_details: { cached_tokens: 100 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 1_020,
  };
  typed({
    type: 'response.created',
    response: { id: 'resp_1', object: 'response', status: 'in_progress', output: [] },
  });
  typed({ type: 'response.output_item.added', output_index: 0, item });
  if (!wish)
    typed({
      type: 'response.output_text.delta',
      item_id: 'msg_1',
      output_index: 0,
      content_index: 0,
      delta: words,
    });
  typed({ type: 'response.output_item.done', output_index: 0, item });
  const response = { id: 'resp_1', object: 'response', status: 'completed', output: [item], usage };
  typed({ type: 'response.completed', response });
}

function chat(say: Say, wish: Wish | null, words: string): void {
  const chunk = (delta: Json, finish_reason: string | null = null) =>
    say({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'model-a',
      choices: [{ index: 0, delta, finish_reason }],
    });
  const call = wish && {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: wish.name, arguments: JSON.stringify(wish.input) },
  };
  chunk({ role: 'assistant', ...(call ? { tool_calls: [call] } : { content: words }) });
  chunk({}, wish ? 'tool_calls' : 'stop');
  say({
    id: 'c1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'model-a',
    choices: [],
    usage: {
      prompt_tokens: 1_000,
      completion_tokens: 20,
      total_tokens: 1_020,
      prompt_tokens_details: { cached_tokens: 100 },
    },
  });
}

function gemini(say: Say, wish: Wish | null, words: string): void {
  const part = wish ? { functionCall: { name: wish.name, args: wish.input } } : { text: words };
  say({
    candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      promptTokenCount: 1_000,
      cachedContentTokenCount: 100,
      candidatesTokenCount: 20,
      totalTokenCount: 1_020,
    },
    modelVersion: 'model-a',
  });
}
