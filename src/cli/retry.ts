import { Command } from 'commander';
import { NoAppRunning } from '../hosts/control.ts';
import type { Variables } from '../hosts/environment.ts';
import { answer, cannotAnswer } from './answer.ts';
import { withRuns } from './with-runs.ts';

/** `conductor retry RUN`: goes on with a run that failed or was stopped. Exit 1: it did neither; 2: no App is running. */
export function retry(variables: Variables): Command {
  return new Command('retry')
    .description('Go on with a run from the step that it failed at; what was done before is kept.')
    .argument('<run>', 'its id, as `conductor runs` lists it')
    .option('--json', 'for machines')
    .action(async (run: string, { json = false }: { readonly json?: boolean }) => {
      try {
        const retried = await withRuns(variables, (control) => control.retry(run));
        if (retried !== null && retried !== 'forgotten')
          return answer(json, { retried: true, ...retried }, `${run} goes on from ${retried.from}.`, 0);
        const text = retried
          ? `What ${run} was asked is not kept any more, so it can’t go on. Ask again in its thread.`
          : `${run} did not fail and was not stopped; see \`conductor runs\`.`;
        answer(json, { retried: false, from: null }, text, 1);
      } catch (error) {
        if (!(error instanceof NoAppRunning)) throw error;
        cannotAnswer(false, {
          message: 'No App runs on this data folder, and only a running one can go on.',
          hint: 'Start it with `conductor serve`.',
        });
      }
    });
}
