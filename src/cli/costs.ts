import { Command, Option } from 'commander';
import type { Variables } from '../hosts/environment.ts';
import { COST_GROUPS, type CostGroup, type CostLine } from '../storage/spending.ts';
import { answer } from './answer.ts';
import { withRuns } from './with-runs.ts';

interface Options {
  readonly by: CostGroup;
  readonly days: string;
  readonly json?: boolean;
}

/** `conductor costs`: what the App's runs have cost. */
export function costs(variables: Variables): Command {
  return new Command('costs')
    .description('Add up what the App’s model calls have cost. Reads DATABASE_URL, or DATA_DIR.')
    .addOption(new Option('--by <what>', 'what to add up by').choices(COST_GROUPS).default('day'))
    .option('--days <number>', 'of the last so many days', '30')
    .option('--json', 'for machines')
    .action(async ({ by, days, json = false }: Options) => {
      const lines = await withRuns(variables, (control) => control.costs(by, Number(days) || 30));
      const text = lines.length === 0 ? 'No model was asked in that time.' : lines.map(line).join('\n');
      answer(json, lines, text, 0);
    });
}

const line = ({ group, calls, usd }: CostLine) =>
  `${group.padEnd(40)} $${usd.toFixed(4).padStart(10)}  ${calls} calls`;
