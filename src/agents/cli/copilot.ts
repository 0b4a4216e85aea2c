import type { CliAdapter, CliEvent, EventReader } from './adapter.ts';
import { fields, jsonLine, targetOf, textOf } from './json-line.ts';
import { pendingTools } from './pending-tools.ts';

/** GitHub's Copilot CLI with a model of one's own, offline: no account, no token. Tried with 1.0.102. */
export const copilot: CliAdapter = {
  kind: 'copilot',
  title: 'Copilot CLI',
  program: () => 'copilot',
  wires: ['messages', 'responses', 'chat'],

  launch({ model, gateway, home }) {
    return {
      args: ['--allow-all-tools', '--output-format', 'json', '--no-custom-instructions', '--no-auto-update'],
      env: {
        COPILOT_HOME: `${home}/.copilot`,
        COPILOT_OFFLINE: 'true',
        COPILOT_MODEL: model,
        ...(gateway && {
          COPILOT_PROVIDER_BASE_URL: gateway.wire === 'messages' ? gateway.url : `${gateway.url}/v1`,
          COPILOT_PROVIDER_TYPE: gateway.wire === 'messages' ? 'anthropic' : 'openai',
          COPILOT_PROVIDER_WIRE_API: gateway.wire === 'responses' ? 'responses' : 'completions',
          COPILOT_PROVIDER_API_KEY: gateway.key,
        }),
      },
      files: {},
      stdin: 'request',
    };
  },

  reader: () => readEvents(),
};

/** Many events; those that matter are `assistant.message`, `tool.execution_*`, `session.error` and the last `result`. */
function readEvents(): EventReader {
  const pending = pendingTools();
  return (line): CliEvent => {
    const event = jsonLine(line);
    const data = fields(event?.data);
    switch (event?.type) {
      case 'assistant.message':
        return { state: 'busy', text: textOf(data?.content) || undefined };
      case 'tool.execution_start':
        pending.began(data?.toolCallId, textOf(data?.toolName) ?? 'unknown', targetOf(data?.arguments));
        return { state: 'busy' };
      case 'tool.execution_complete':
        return { state: 'busy', tools: pending.ended(data?.toolCallId, data?.success === true) };
      case 'session.error':
        return { state: 'error', text: textOf(data?.message) };
      case 'result':
        return { state: event.exitCode === 0 ? 'done' : 'error' };
      default:
        return { state: 'busy' };
    }
  };
}
