import { Command, Option } from 'commander';
import { rehearse } from '../hosts/rehearsal.ts';
import { readScenario } from '../hosts/scenario.ts';
import { answer } from './answer.ts';

/** `conductor simulate`: plays a scenario on a local GitHub and tells how each run came out. */
export function simulate(): Command {
  return new Command('simulate')
    .description('Play a scenario against a local GitHub, offline, and print the outcome of each run.')
    .argument('<scenario>', 'a scenario.yml, or a folder that holds one (examples/scenarios/rounding-bug)')
    .addOption(
      new Option('--form <form>', 'as which form of Conductor').choices(['app', 'action']).default('app'),
    )
    .option('--json', 'for machines')
    .action(async (path: string, options: { form: 'app' | 'action'; json?: boolean }) => {
      const scenario = await readScenario(path);
      const stage = await rehearse(scenario, { form: options.form });
      try {
        for (const act of scenario.acts) await stage.play(act);
        const runs = stage.runs();
        const text = runs.map(
          (run) =>
            `${run.run}  ${run.conclusion}  ${run.verdict ?? '-'}  ${run.pullRequest ? `#${run.pullRequest}` : '-'}`,
        );
        answer(
          options.json ?? false,
          { form: options.form, runs, requests: stage.simulator.calls.length },
          [`${scenario.title} (${options.form})`, 'run  conclusion  verdict  pull request', ...text].join(
            '\n',
          ),
          runs.some((run) => run.conclusion === 'failed') ? 1 : 0,
        );
      } finally {
        await stage.close();
      }
    });
}
