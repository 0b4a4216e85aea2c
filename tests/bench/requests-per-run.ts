import { rehearse } from '../../src/hosts/rehearsal.ts';
import { readScenario } from '../../src/hosts/scenario.ts';
import { withoutGraphql } from '../flow/without-graphql.ts';

const SCENARIO = new URL('../../examples/scenarios/rounding-bug', import.meta.url).pathname;
const ACTS = ['fix', 'blocked', 'answer'];

/**
 * Requests that Conductor makes for each mention of the shipped scenario, as the simulator counts them; tokens apart.
 * `rest`: as App, on a GitHub that has no GraphQL.
 */
export async function requestsPerRun(form: 'app' | 'action' | 'rest') {
  const scenario = await readScenario(SCENARIO);
  const stage = await rehearse(scenario, { form: form === 'action' ? form : 'app' });
  const [issue, ...mentions] = scenario.acts;
  const figures: Record<string, { readonly all: number; readonly creating: number }> = {};
  try {
    if (issue) await stage.play(issue);
    if (form === 'rest') {
      withoutGraphql(stage.simulator);
      // Whether a server speaks GraphQL is asked once for each token.
      await stage.play({ comment: { by: 'ada', issue: 1, body: '@conductor help' } });
    }
    for (const [index, act] of mentions.entries()) {
      const before = stage.simulator.calls.length;
      await stage.play(act);
      const calls = stage.simulator.calls.slice(before).filter(({ actor }) => actor.endsWith('[bot]'));
      figures[ACTS[index] ?? `${index}`] = {
        all: calls.length,
        creating: calls.filter(({ kind }) => kind === 'content').length,
      };
    }
  } finally {
    await stage.close();
  }
  return figures;
}
