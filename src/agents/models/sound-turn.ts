import type { ModelTurn, Prompt, ToolCall, Usage } from '../model.ts';

const LONGEST_NAME = 64;

/**
 * A turn whose every field is of its type, whatever a server put there: the SDKs check nothing. A count that is no
 * count is nought, so that none takes anything off what a run has cost; and no two calls of a conversation share an id,
 * so that each result finds its own.
 */
export function soundTurn(turn: ModelTurn, { messages }: Prompt): ModelTurn {
  const taken = new Set<string>();
  for (const message of messages) {
    if (message.role === 'assistant') for (const { id } of message.toolCalls) taken.add(id);
  }
  return {
    ...turn,
    text: asText(turn.text),
    toolCalls: turn.toolCalls.map((call) => soundCall(call, taken)),
    usage: soundUsage(turn.usage),
  };
}

function soundCall({ id, name, input }: ToolCall, taken: Set<string>): ToolCall {
  const own = freeId(asText(id), taken);
  taken.add(own);
  return { id: own, name: soundName(asText(name)), input };
}

/** A tool's name as every vendor takes it when the call is said again: no tool of ours has another. */
export function soundName(name: string): string {
  return name.replaceAll(/[^\w-]/g, '_').slice(0, LONGEST_NAME) || 'unnamed';
}

function freeId(given: string, taken: ReadonlySet<string>): string {
  if (given !== '' && !taken.has(given)) return given;
  for (let number = taken.size + 1; ; number++) {
    const id = `${given || 'call'}_${number}`;
    if (!taken.has(id)) return id;
  }
}

function soundUsage({ input, cacheRead, cacheWrite, output }: Usage): Usage {
  return {
    input: asCount(input),
    cacheRead: asCount(cacheRead),
    cacheWrite: asCount(cacheWrite),
    output: asCount(output),
  };
}

const asText = (of: unknown): string => (typeof of === 'string' ? of : '');
const asCount = (of: unknown): number => (Number.isSafeInteger(of) && Number(of) > 0 ? Number(of) : 0);
