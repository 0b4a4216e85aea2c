import { Command } from 'commander';
import { storyOf } from '../audit/story.ts';
import type { Variables } from '../hosts/environment.ts';
import { gathered } from '../storage/read-ledger.ts';
import { answer } from './answer.ts';
import { withRuns } from './with-runs.ts';

/** `conductor why RUN`: the story of a run, from the ledger alone. Exit 1: the ledger has none of that name. */
export function why(variables: Variables): Command {
  return new Command('why')
    .description('Tell the story of a run: who asked for what, what was done, and which rules decided.')
    .argument('<run>', 'its id, as `conductor runs` or a status comment says it')
    .option('--json', 'for machines')
    .action(async (run: string, { json = false }: { readonly json?: boolean }) => {
      const rows = await withRuns(variables, (control) => gathered(control.ledger({ run })));
      const story = storyOf(rows);
      const text =
        story.length === 0 ? `The ledger has no rows of ${run}; see \`conductor runs\`.` : story.join('\n');
      answer(json, { run, story }, text, story.length === 0 ? 1 : 0);
    });
}
