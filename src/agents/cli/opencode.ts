import type { CliAdapter, CliEvent, EventReader } from './adapter.ts';
import type { WireName } from './host.ts';
import { fields, jsonLine, targetOf, textOf } from './json-line.ts';

/** The packages, built into opencode, that speak each wire format. */
const SPEAKS: Readonly<Partial<Record<WireName, string>>> = {
  messages: '@ai-sdk/anthropic',
  chat: '@ai-sdk/openai-compatible',
  responses: '@ai-sdk/openai',
};

/** opencode, `opencode run`. Tried with 1.18.33; https://opencode.ai/docs/config. */
export const opencode: CliAdapter = {
  kind: 'opencode',
  title: 'opencode',
  program: () => 'opencode',
  wires: ['messages', 'responses', 'chat'],

  launch({ model, gateway }) {
    const name = `conductor/${model}`;
    const config = {
      model: name,
      small_model: name,
      enabled_providers: ['conductor'],
      provider: gateway && {
        conductor: {
          npm: SPEAKS[gateway.wire],
          options: { baseURL: `${gateway.url}/v1`, apiKey: gateway.key },
          models: { [model]: {} },
        },
      },
      permission: { edit: 'allow', bash: 'allow', webfetch: 'deny' },
      autoupdate: false,
      share: 'disabled',
    };
    return {
      args: ['run', '--format', 'json', '--pure', '--model', name],
      env: {
        // Stronger than an opencode.json of the copy, which may be a pull request's.
        OPENCODE_CONFIG_CONTENT: JSON.stringify(config),
        OPENCODE_DISABLE_PROJECT_CONFIG: '1',
        OPENCODE_DISABLE_CLAUDE_CODE: '1',
        OPENCODE_DISABLE_AUTOUPDATE: '1',
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
        OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
      },
      files: {},
      stdin: 'request',
    };
  },

  reader: () => readEvent,
};

/** `step_start`, `tool_use`, `text`, `step_finish`, `error`; what each tells stands in its `part`. */
const readEvent: EventReader = (line): CliEvent => {
  const event = jsonLine(line);
  const part = fields(event?.part);
  switch (event?.type) {
    case 'text':
      return { state: 'busy', text: textOf(part?.text) };
    case 'tool_use': {
      const state = fields(part?.state);
      const use = { tool: textOf(part?.tool) ?? 'unknown', target: targetOf(state?.input) };
      return { state: 'busy', tools: [{ ...use, ok: state?.status === 'completed' }] };
    }
    case 'step_finish':
      return { state: part?.reason === 'tool-calls' ? 'busy' : 'done' };
    case 'error': {
      const error = fields(event.error);
      return { state: 'error', text: textOf(fields(error?.data)?.message) ?? textOf(error?.name) };
    }
    default:
      return { state: 'busy' };
  }
};
