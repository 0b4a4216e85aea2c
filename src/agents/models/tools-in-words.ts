import type { Message, Model, ModelTurn, Prompt, ToolCall, ToolSpec } from '../model.ts';
import { toolInput } from './ask-vendor.ts';
import { soundName } from './sound-turn.ts';

/**
 * A model that cannot call tools, made one that can: it is told of them in the system text, asks for one with a JSON
 * object and nothing else, and is sent the result as a message. Nothing of this is a tool on the wire. An answer that is
 * no such object is left as it is; a change set, written out as JSON, is read by who asked.
 */
export function toolsInWords(model: Model): Model {
  return {
    ...model,
    async ask(prompt, signal) {
      if (prompt.tools.length === 0) return model.ask(prompt, signal);
      const answer = await model.ask(inWords(prompt), signal);
      return answer.ok ? { ok: true, turn: withCall(answer.turn, prompt) } : answer;
    },
  };
}

function inWords({ system, tools, messages, maxOutputTokens }: Prompt): Prompt {
  const names = new Map(messages.flatMap(callsOf).map(({ id, name }) => [id, name]));
  return {
    system: [system, instruction(tools)].filter((text) => text !== '').join('\n\n'),
    tools: [],
    messages: messages.map((message) => messageInWords(message, names)),
    maxOutputTokens,
  };
}

function instruction(tools: readonly ToolSpec[]): string {
  const listed = tools.map(({ name, description, parameters }) =>
    JSON.stringify({ tool: name, description, input: parameters }),
  );
  return `You have tools. To use one, answer with exactly one JSON object and nothing around it:
{"tool":"the tool's name","input":{…}}
You are sent its result, and go on. One tool at a time. These are the tools, with the JSON Schema of their input:
${listed.join('\n')}`;
}

function messageInWords(message: Message, names: ReadonlyMap<string, string>): Message {
  switch (message.role) {
    case 'user':
      return message;
    case 'assistant': {
      const calls = message.toolCalls.map(({ name, input }) => JSON.stringify({ tool: name, input }));
      const text = [message.text, ...calls].filter((part) => part.trim() !== '').join('\n');
      return { role: 'assistant', text, toolCalls: [] };
    }
    case 'tools': {
      const results = message.results.map(({ callId, text, isError }) => {
        const inside = text.replaceAll(/<(?=\/?result\b)/gi, '&lt;');
        return `<result of="${names.get(callId) ?? ''}"${isError ? ' error' : ''}>\n${inside}\n</result>`;
      });
      return { role: 'user', text: results.join('\n') };
    }
  }
}

/** The turn with the call that its text asks for, if it does. The id is new in the conversation. */
function withCall(turn: ModelTurn, { messages }: Prompt): ModelTurn {
  if (turn.stop !== 'end' || turn.toolCalls.length > 0) return turn;
  const asked = callIn(turn.text);
  if (asked === null) return turn;
  const id = `words_${messages.flatMap(callsOf).length + 1}`;
  return { ...turn, text: '', toolCalls: [{ id, ...asked }], stop: 'tools' };
}

/** What is meant as a call and is no JSON becomes a call of nothing, so that the model is told, and not taken at its word. */
function callIn(text: string): Omit<ToolCall, 'id'> | null {
  const raw = text
    .trim()
    .replace(/^```(?:json)?\s*\n([\s\S]*)\n```$/, '$1')
    .trim();
  if (!raw.startsWith('{') || !raw.includes('"tool"')) return null;
  const read = toolInput(raw);
  if (typeof read === 'string') return /^\{\s*"tool"/.test(raw) ? { name: 'unnamed', input: raw } : null;
  const { tool, input = {} } = read as { tool?: unknown; input?: unknown };
  return typeof tool === 'string' ? { name: soundName(tool), input } : null;
}

function callsOf(message: Message): readonly ToolCall[] {
  return message.role === 'assistant' ? message.toolCalls : [];
}
