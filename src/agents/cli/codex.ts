import type { CliToolUse } from '../cli-agent.ts';
import type { CliAdapter, CliEvent, EventReader } from './adapter.ts';
import { type Fields, fields, jsonLine, listOf, textOf } from './json-line.ts';

/**
 * OpenAI's Codex, `codex exec`. Tried with 0.169.0. It has its endpoint from `config.toml` alone: `OPENAI_BASE_URL` is
 * passed over. https://github.com/openai/codex/blob/main/docs/config.md
 */
export const codex: CliAdapter = {
  kind: 'codex',
  title: 'Codex',
  program: () => 'codex',
  wires: ['responses'],

  launch({ model, gateway, home }) {
    return {
      args: ['exec', '--json', '--skip-git-repo-check', '--ephemeral', '--sandbox', 'workspace-write', '-'],
      env: { CODEX_HOME: `${home}/.codex`, ...(gateway && { CONDUCTOR_GATEWAY_KEY: gateway.key }) },
      files: { '.codex/config.toml': gateway === null ? '' : configOf(model, gateway.url) },
      stdin: 'request',
    };
  },

  reader: () => readEvent,
};

/** A JSON text is a TOML text too. */
const quoted = (text: string) => JSON.stringify(text);

function configOf(model: string, url: string): string {
  return `model = ${quoted(model)}
review_model = ${quoted(model)}
model_provider = "conductor"
approval_policy = "never"
web_search = "disabled"
check_for_update_on_startup = false
# Instructions of the copy are data: it may be a pull request's.
project_doc_max_bytes = 0

[model_providers.conductor]
name = "Conductor"
base_url = ${quoted(`${url}/v1`)}
env_key = "CONDUCTOR_GATEWAY_KEY"
wire_api = "responses"
request_max_retries = 2
stream_max_retries = 2

[analytics]
enabled = false

[history]
persistence = "none"
`;
}

/** `thread.started`, `turn.started`, `item.started|updated|completed`, then `turn.completed` or `turn.failed`. */
const readEvent: EventReader = (line): CliEvent => {
  const event = jsonLine(line);
  switch (event?.type) {
    case 'item.completed':
      return ofItem(fields(event.item) ?? {});
    case 'turn.completed':
      return { state: 'done' };
    case 'turn.failed':
      return { state: 'error', text: textOf(fields(event.error)?.message) };
    case 'error':
      // Also said before it tries again: then more events follow, and the last one counts.
      return { state: 'error', text: textOf(event.message) };
    default:
      return { state: 'busy' };
  }
};

function ofItem(item: Fields): CliEvent {
  const use = (tool: string, target: unknown): CliToolUse => {
    return { tool, target: textOf(target) ?? '', ok: item.status !== 'failed' && item.status !== 'declined' };
  };
  switch (item.type) {
    case 'agent_message':
      return { state: 'busy', text: textOf(item.text) };
    case 'command_execution':
      return { state: 'busy', tools: [use('shell', item.command)] };
    case 'file_change':
      return { state: 'busy', tools: listOf(item.changes).map(({ path }) => use('edit', path)) };
    case 'mcp_tool_call':
      return { state: 'busy', tools: [use(textOf(item.tool) ?? 'mcp', item.server)] };
    default:
      return { state: 'busy' };
  }
}
