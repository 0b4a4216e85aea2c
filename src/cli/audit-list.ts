import { Command } from 'commander';
import type { LedgerEntry } from '../audit/chain.ts';
import { lineOf } from '../audit/ledger-line.ts';
import type { Variables } from '../hosts/environment.ts';
import { harmlessLogLine } from '../messages/way-out.ts';
import { gathered } from '../storage/read-ledger.ts';
import { answer } from './answer.ts';
import { type Filters, queryOf, wholeNumber, withFilters } from './audit-filters.ts';
import { withRuns } from './with-runs.ts';

/** `conductor audit list`: the newest rows of the ledger, the last of them last. */
export function auditList(variables: Variables): Command {
  return withFilters(new Command('list'))
    .description('List the newest rows of the ledger.')
    .option('--most <number>', 'how many', wholeNumber, 50)
    .option('--json', 'for machines')
    .action(async ({ most = 50, json = false, ...filters }: Filters & { readonly json?: boolean }) => {
      const query = { ...queryOf(filters), newestFirst: true, most };
      const newest = await withRuns(variables, (control) => gathered(control.ledger(query)));
      const rows = newest.toReversed();
      const text = rows.length === 0 ? 'The ledger has no such rows.' : rows.map(inWords).join('\n');
      answer(json, rows.map(lineOf), text, 0);
    });
}

function inWords({ row, detail, login }: LedgerEntry): string {
  const { sequence, at, kind, thread, run, actor, body } = row;
  const who = login ?? (actor === null ? '' : 'somebody');
  const where = thread === null ? '' : `#${thread}`;
  return harmlessLogLine(
    [sequence, at, kind, where, run ?? '', who, body, detail?.text ?? '']
      .filter((part) => part !== '')
      .join('  '),
  );
}
