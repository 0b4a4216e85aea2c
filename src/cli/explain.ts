import { Command } from 'commander';
import type { ChangeError } from '../changes/change-error.ts';
import type { Command as Mention } from '../commands/command.ts';
import { defaultConfig, parseConfig } from '../config/parse-config.ts';
import type { Config } from '../config/schema.ts';
import { handleEvent } from '../handlers/handle-event.ts';
import { wantedBy } from '../hosts/repository-configs.ts';
import { answer, cannotAnswer } from './answer.ts';
import { readTextFile } from './read-change-set.ts';

interface ExplainOptions {
  readonly event: string;
  readonly payload: string;
  readonly config?: string;
  readonly json?: boolean;
}

interface Explanation {
  readonly triggered: boolean;
  /** `mention`, or why nothing is done. */
  readonly reason: string;
  readonly command: Mention | null;
}

type Explained =
  | { readonly ok: true; readonly value: Explanation }
  | { readonly ok: false; readonly error: ChangeError };

/** `conductor explain`: what Conductor would do with an event, without doing it. Exit 0: a run; 1: nothing. */
export function explain(): Command {
  return new Command('explain')
    .description('Tell what Conductor would do with an event: which command it reads, or why none.')
    .requiredOption('--event <name>', 'the event’s name, as GitHub sends it: issue_comment')
    .requiredOption('--payload <file>', 'the event’s payload, as JSON')
    .option('--config <file>', 'the config to read it by; defaults when not given')
    .option('--json', 'for machines')
    .action(async (options: ExplainOptions) => {
      const explained = await run(options);
      if (explained.ok) {
        const { value } = explained;
        answer(options.json ?? false, value, inWords(value), value.triggered ? 0 : 1);
        return;
      }
      cannotAnswer(options.json ?? false, explained.error);
    });
}

async function run({ event, payload, config }: ExplainOptions): Promise<Explained> {
  const text = await readTextFile(payload);
  if (typeof text !== 'string') return { ok: false, error: text };
  const settings = config === undefined ? defaultConfig() : await configFrom(config);
  if ('code' in settings) return { ok: false, error: settings };
  const parsed = parseJson(text);
  if (parsed === undefined) {
    const hint = 'Give the payload as GitHub sent it: one JSON object.';
    return { ok: false, error: { code: 'payload_invalid', message: `${payload} is not JSON.`, hint } };
  }
  return { ok: true, value: explanation(event, parsed, settings) };
}

function explanation(event: string, payload: unknown, config: Config): Explanation {
  const handled = handleEvent(event, payload, {
    trigger: config.trigger,
    allowedBots: config.security.allowed_bots,
    wanted: wantedBy(config),
  });
  switch (handled.kind) {
    case 'command': {
      const { verb, agents, text, options } = handled.request.command;
      const reason = handled.request.cause ?? 'mention';
      return { triggered: true, reason, command: { verb, agents, text, options } };
    }
    case 'ignored':
      return { triggered: false, reason: handled.reason, command: null };
    case 'config-change':
      return { triggered: false, reason: 'config_check', command: null };
    case 'ended':
      return { triggered: false, reason: 'work_ended', command: null };
    case 'push':
    case 'schedule':
      return { triggered: false, reason: handled.kind, command: null };
  }
}

async function configFrom(file: string): Promise<Config | ChangeError> {
  const text = await readTextFile(file);
  if (typeof text !== 'string') return text;
  const parsed = parseConfig(text);
  if (parsed.ok) return parsed.config;
  const problems = parsed.problems.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`);
  return {
    code: 'config_invalid',
    message: `The config is not valid. ${problems.slice(0, 10).join('; ')}.`,
    hint: 'Correct it; `conductor config validate FILE` checks it.',
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}

function inWords({ triggered, reason, command }: Explanation): string {
  if (!triggered || command === null) return `Nothing: ${reason}`;
  const options = Object.entries(command.options).map(([key, value]) => `--${key}=${value}`);
  return [
    reason === 'mention' ? 'Triggered by a mention.' : `Triggered by ${reason}.`,
    `  verb     ${command.verb ?? '(free text)'}`,
    `  agents   ${command.agents.join(', ') || '(the default agent)'}`,
    `  options  ${options.join(' ') || '(none)'}`,
    `  text     ${command.text.split('\n').join('\n           ') || '(none)'}`,
  ].join('\n');
}
