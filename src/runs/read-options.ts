import { nearestName } from '../commands/nearest-name.ts';
import { type Config, OUTPUTS, type Output } from '../config/schema.ts';
import { ends, outcome, type StepResult, value } from './outcome.ts';
import type { HostSettings } from './ports.ts';

export interface AskedOptions {
  readonly agent: string | null;
  readonly model: string | null;
  /** US dollars: the smallest of what the config, the host and the asker allow. */
  readonly maxCostUsd: number | null;
  readonly maxTurns: number;
  /** What a change becomes; policy holds whatever it is. */
  readonly output: Output;
}

const KNOWN = ['agent', 'model', 'max_cost_usd', 'max_turns', 'output'];

/** Reads a command's `--key=value` pairs. Options can lower a limit that the config or the host sets, never raise it. */
export function readOptions(
  asked: Readonly<Record<string, string>>,
  host: HostSettings,
  config: Config,
): StepResult<AskedOptions> {
  const unknown = Object.keys(asked).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, KNOWN);
    return refuse(
      'unknown_option',
      `There is no option \`--${unknown.slice(0, 40)}\`.${nearest ? ` Did you mean \`--${nearest}\`?` : ''}`,
      `Options: ${KNOWN.map((key) => `\`--${key}=\``).join(', ')}.`,
    );
  }
  const cost = numberFrom(asked.max_cost_usd, 0, 10_000);
  if (cost === 'invalid')
    return refuse(
      'bad_option',
      'The budget is not an amount in US dollars.',
      'Write it like `--max_cost_usd=2.50` or “spend up to $2.50”.',
    );
  const turns = numberFrom(asked.max_turns, 1, 1_000);
  if (turns === 'invalid')
    return refuse(
      'bad_option',
      '`--max_turns` is not a whole number from 1 to 1000.',
      'Write it like `--max_turns=10`.',
    );

  const output = outputOf(asked, config);
  if (output === undefined)
    return refuse(
      'bad_option',
      '`--output` is not one of the things that a change may become.',
      `Write one of ${OUTPUTS.map((known) => `\`--output=${known}\``).join(', ')}.`,
    );

  const smallest = (numbers: (number | null | undefined)[]) => {
    const given = numbers.filter((number) => number !== null && number !== undefined);
    return given.length === 0 ? null : Math.min(...given);
  };
  return value({
    agent: asked.agent ?? host.agent,
    model: asked.model ?? host.model,
    maxCostUsd: smallest([cost, host.maxCostUsd, config.budget.per_run_usd]),
    maxTurns: smallest([turns, host.maxTurns, config.session.max_turns]) ?? config.session.max_turns,
    output,
  });
}

function numberFrom(text: string | undefined, least: number, most: number): number | null | 'invalid' {
  if (text === undefined) return null;
  const number = /^\d{1,6}(\.\d{1,4})?$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : 'invalid';
}

const refuse = (code: string, message: string, next: string) => ends(outcome('refused', code, message, next));

/** What a change becomes: as the request says, or the config; undefined for a word that means none of it. */
export function outputOf(asked: Readonly<Record<string, string>>, config: Config): Output | undefined {
  return OUTPUTS.find((known) => known === (asked.output ?? config.output));
}
