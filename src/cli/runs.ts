import { Command } from 'commander';
import type { Variables } from '../hosts/environment.ts';
import type { ListedRun } from '../storage/thread-runs.ts';
import { answer } from './answer.ts';
import { withRuns } from './with-runs.ts';

/** `conductor runs`: what was asked for lately, and what became of it. */
export function runs(variables: Variables): Command {
  return new Command('runs')
    .description('List the App’s runs, newest first. Reads DATABASE_URL, or DATA_DIR.')
    .option('--most <number>', 'how many', '20')
    .option('--json', 'for machines')
    .action(async (options: { readonly most: string; readonly json?: boolean }) => {
      const listed = await withRuns(variables, (control) => control.list(Number(options.most) || 20));
      const text = listed.length === 0 ? 'No runs yet.' : listed.map(line).join('\n');
      answer(options.json ?? false, listed, text, 0);
    });
}

function line({
  run,
  receivedAt,
  repository,
  thread,
  asker,
  verb,
  state,
  outcome,
  attempt,
}: ListedRun): string {
  const became = outcome ? `${outcome.state} (${outcome.code})` : state;
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return `${run}  ${receivedAt}  ${repository}#${thread}  ${verb ?? 'free text'} by ${asker}  ${became}${again}`;
}
