import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Asker, Circumstances } from '../policy/facts.ts';

/** What a change is taken to have come about under, as the command line says it. */
export interface CircumstanceOptions {
  readonly actor?: string;
  readonly permission: Asker['permission'];
  readonly labels: readonly string[];
  readonly agent?: string;
  readonly model?: string;
  readonly cost: number;
  readonly at?: string;
}

export const PERMISSIONS = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;

/** Adds the options for what rules may ask beside the change itself. */
export function withCircumstances(command: Command): Command {
  return command
    .option('--actor <login>', 'who is taken to have asked')
    .addOption(
      new Option('--permission <permission>', 'what they may do').choices(PERMISSIONS).default('none'),
    )
    .option('--labels <names>', 'labels of the issue or pull request, with commas between', listed, [])
    .option('--agent <name>', 'the agent that is taken to have proposed it')
    .option('--model <label>', 'the model that it thought with')
    .option('--cost <usd>', 'what the run is taken to have cost, in US dollars', dollars, 0)
    .option('--at <time>', 'when it is judged, such as 2026-11-21T14:00:00Z; now when not given', time);
}

export function askerOf({ actor, permission }: CircumstanceOptions): Asker {
  return { login: actor ?? 'unknown', permission };
}

export function circumstancesOf({ labels, agent, model, cost, at }: CircumstanceOptions): Circumstances {
  const now = at ?? new Date().toISOString();
  return { labels, agent: agent ?? null, model: model ?? null, costUsd: cost, at: now };
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function dollars(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It is not an amount.');
  return value;
}

function time(text: string): string {
  const moment = new Date(text);
  if (Number.isNaN(moment.getTime())) throw new InvalidArgumentError('It is not a time.');
  return moment.toISOString();
}
