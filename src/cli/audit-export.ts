import { once } from 'node:events';
import { Command, Option } from 'commander';
import { CSV_HEADING, csvOf, lineOf } from '../audit/ledger-line.ts';
import type { Variables } from '../hosts/environment.ts';
import { type Filters, queryOf, withFilters } from './audit-filters.ts';
import { withRuns } from './with-runs.ts';

/** `conductor audit export`: rows of the ledger with all that their hashes cover, to the output, as they are read. */
export function auditExport(variables: Variables): Command {
  return withFilters(new Command('export'))
    .description(
      'Print rows of the ledger, oldest first, for other programs. Without filters, `audit verify` can check it.',
    )
    .addOption(new Option('--format <format>', 'as what').choices(['jsonl', 'csv']).default('jsonl'))
    .action(async ({ format, ...filters }: Filters & { readonly format: 'jsonl' | 'csv' }) => {
      await withRuns(variables, async (control) => {
        if (format === 'csv') await print(CSV_HEADING);
        for await (const entry of control.ledger(queryOf(filters)))
          await print(format === 'csv' ? csvOf(entry) : JSON.stringify(lineOf(entry)));
      });
    });
}

/** Waits where whoever reads is slower than the database: a ledger is larger than memory should be. */
async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}
