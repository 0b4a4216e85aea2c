import type { CliToolUse } from '../cli-agent.ts';
import type { CliAdapter, CliEvent } from './adapter.ts';

/** What a CLI has told of itself so far. For people to read: nothing is decided on it but whether it failed. */
export interface Told {
  line(line: string): void;
  state(): CliEvent['state'];
  /** Its last words; empty: it said nothing. */
  text(): string;
  tools(): readonly CliToolUse[];
}

const MOST_TOOLS = 1_000;
const LONGEST_TARGET = 200;
const LONGEST_TEXT = 20_000;

/** `copy`: where it works; paths below are told as the repository has them. */
export function tell(adapter: CliAdapter, copy: string): Told {
  const read = adapter.reader();
  const tools: CliToolUse[] = [];
  let state: CliEvent['state'] = 'busy';
  let text = '';
  const shown = (target: string) =>
    target.replaceAll(`${copy}/`, '').replaceAll(/\s+/g, ' ').trim().slice(0, LONGEST_TARGET);

  return {
    line(line) {
      const event = read(line);
      state = event.state;
      if (event.text !== undefined) text = event.text;
      for (const use of event.tools ?? []) {
        if (tools.length < MOST_TOOLS)
          tools.push({ tool: use.tool.slice(0, 64), target: shown(use.target), ok: use.ok });
      }
    },
    state: () => state,
    text: () => text.trim().slice(-LONGEST_TEXT),
    tools: () => tools,
  };
}
