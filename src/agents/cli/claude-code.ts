import type { CliAdapter, CliEvent, EventReader } from './adapter.ts';
import { jsonLine, listOf, targetOf, textOf } from './json-line.ts';
import { pendingTools } from './pending-tools.ts';

/** What it may use: files and a shell. What its vendor would run for it (searches, fetches) the gateway refuses. */
const TOOLS = 'Bash,Read,Edit,Write,Glob,Grep';

/** Anthropic's Claude Code, `claude`. Tried with 2.1.329; https://docs.anthropic.com/en/docs/claude-code/cli-reference. */
export const claudeCode: CliAdapter = {
  kind: 'claude-code',
  title: 'Claude Code',
  program: () => 'claude',
  wires: ['messages'],

  launch({ model, gateway }) {
    return {
      args: [
        ...['--print', '--output-format', 'stream-json', '--verbose'],
        ...['--model', model, '--permission-mode', 'acceptEdits', '--tools', TOOLS, '--allowedTools', TOOLS],
        // The copy may be a pull request's: nothing in it configures the program that works on it.
        ...['--setting-sources', 'user', '--strict-mcp-config', '--no-session-persistence'],
      ],
      env: {
        ...(gateway && { ANTHROPIC_BASE_URL: gateway.url, ANTHROPIC_API_KEY: gateway.key }),
        CLAUDE_CODE_SAFE_MODE: '1',
        CLAUDE_CODE_DISABLE_CLAUDE_MDS: '1',
        // The gateway knows one model: its small helpers have to be that one too.
        ANTHROPIC_MODEL: model,
        ANTHROPIC_SMALL_FAST_MODEL: model,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
        ANTHROPIC_DEFAULT_SONNET_MODEL: model,
        ANTHROPIC_DEFAULT_OPUS_MODEL: model,
        CLAUDE_CODE_SUBAGENT_MODEL: model,
        // By default it asks again for over a minute, also where nothing will change.
        CLAUDE_CODE_MAX_RETRIES: '3',
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: '1',
        DISABLE_AUTOUPDATER: '1',
        DISABLE_TELEMETRY: '1',
        DISABLE_ERROR_REPORTING: '1',
      },
      files: {},
      stdin: 'request',
    };
  },

  reader: () => readEvents(),
};

/** `system`, `assistant`, `user` (results of tools), and at the end `result`. */
function readEvents(): EventReader {
  const pending = pendingTools();
  return (line): CliEvent => {
    const event = jsonLine(line);
    const message = event?.message as { readonly content?: unknown } | undefined;
    switch (event?.type) {
      case 'assistant': {
        const blocks = listOf(message?.content);
        for (const { type, id, name, input } of blocks)
          if (type === 'tool_use') pending.began(id, textOf(name) ?? 'unknown', targetOf(input));
        const words = blocks.flatMap(({ type, text }) => (type === 'text' ? (textOf(text) ?? []) : []));
        return { state: 'busy', text: words.join('') || undefined };
      }
      case 'user': {
        const results = listOf(message?.content).filter(({ type }) => type === 'tool_result');
        const tools = results.flatMap(({ tool_use_id, is_error }) =>
          pending.ended(tool_use_id, is_error !== true),
        );
        return { state: 'busy', tools };
      }
      case 'result':
        // `subtype` says `success` also when the vendor refused every call; `is_error` is what counts.
        return {
          state: event.is_error === false ? 'done' : 'error',
          text: textOf(event.result) ?? textOf(event.subtype),
        };
      default:
        return { state: 'busy' };
    }
  };
}
