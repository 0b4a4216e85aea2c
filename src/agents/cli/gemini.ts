import type { CliAdapter, CliEvent, EventReader } from './adapter.ts';
import { fields, jsonLine, targetOf, textOf } from './json-line.ts';
import { pendingTools } from './pending-tools.ts';

/** Google's Gemini CLI. Tried with 0.61.0; https://github.com/google-gemini/gemini-cli/tree/main/docs. */
export const gemini: CliAdapter = {
  kind: 'gemini',
  title: 'Gemini CLI',
  program: () => 'gemini',
  wires: ['gemini'],

  launch({ model, gateway }) {
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' } },
      general: { disableAutoUpdate: true, disableUpdateNag: true },
      privacy: { usageStatisticsEnabled: false },
      telemetry: { enabled: false },
      // A name that no repository has: its own instruction files are data here.
      context: { fileName: 'CONDUCTOR-HAS-NO-SUCH-FILE.md' },
    };
    return {
      args: [
        ...['--output-format', 'stream-json', '--approval-mode', 'yolo', '--skip-trust'],
        ...['--model', model, '--prompt', 'Do what the request above asks.'],
      ],
      env: gateway ? { GOOGLE_GEMINI_BASE_URL: gateway.url, GEMINI_API_KEY: gateway.key } : {},
      files: { '.gemini/settings.json': JSON.stringify(settings) },
      stdin: 'request',
    };
  },

  reader: () => readEvents(),
};

/** `init`, `message` (its words in pieces), `tool_use`, `tool_result`, `error`, and at the end `result`. */
function readEvents(): EventReader {
  const pending = pendingTools();
  let words = '';
  return (line): CliEvent => {
    const event = jsonLine(line);
    switch (event?.type) {
      case 'message': {
        if (event.role !== 'assistant') return { state: 'busy' };
        words = (event.delta === true ? words : '') + (textOf(event.content) ?? '');
        return { state: 'busy', text: words || undefined };
      }
      case 'tool_use':
        words = '';
        pending.began(event.tool_id, textOf(event.tool_name) ?? 'unknown', targetOf(event.parameters));
        return { state: 'busy' };
      case 'tool_result':
        return { state: 'busy', tools: pending.ended(event.tool_id, event.status === 'success') };
      case 'result':
        return event.status === 'success'
          ? { state: 'done' }
          : { state: 'error', text: textOf(fields(event.error)?.message) };
      default:
        return { state: 'busy' };
    }
  };
}
