import { Command } from 'commander';
import type { Variables } from '../hosts/environment.ts';
import { answer } from './answer.ts';
import { withRuns } from './with-runs.ts';

/** `conductor stop RUN`: ends a run that is waiting or under way. Exit 1: there is none of that name. */
export function stop(variables: Variables): Command {
  return new Command('stop')
    .description('Stop a run of the App; its thread is told.')
    .argument('<run>', 'its id, as `conductor runs` lists it')
    .option('--json', 'for machines')
    .action(async (run: string, options: { readonly json?: boolean }) => {
      const stopped = await withRuns(variables, (control) => control.stop(run));
      const text = stopped
        ? `${run} was told to stop.`
        : `${run} is not waiting or under way; see \`conductor runs\`.`;
      answer(options.json ?? false, { stopped: stopped !== null }, text, stopped ? 0 : 1);
    });
}
