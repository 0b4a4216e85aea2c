import { execFileSync } from 'node:child_process';
import { whatIsWrong } from './oracle.ts';
import { type Finding, type Ground, type Property, tally } from './property.ts';
import { randomFrom } from './random.ts';
import { FIX, ROOM, SCRIPT } from './requests.ts';
import { type AskedFor, outcomeOf, started, startWorld, type World } from './world.ts';

/** Somebody pushes just before, or just after, Conductor makes its branch: nothing is forced, and no commit is lost. */
export const refRace: Property = { name: 'ref-race', counts: 'races', full: 100, check };

/** Conductor makes its branch in a document; a person's push comes over a route. */
const PUBLISH = 'operation Publish';
/** The base branch moves; the branch that is about to be made exists; it is made, and moves at once. */
const RACES = ['base moves', 'branch taken', 'branch moves'] as const;

interface Foreign {
  readonly repository: string;
  readonly branch: string;
  readonly commit: string;
}

async function check(size: number, seed: number, { postgres, until }: Ground): Promise<Finding> {
  const random = randomFrom(seed);
  const databaseUrl = (await postgres?.database()) ?? null;
  const world = await startWorld({
    repositories: 10,
    script: SCRIPT,
    databaseUrl,
    variables: ROOM,
  });
  const { simulator } = world;
  const foreign: Foreign[] = [];
  const raced: string[] = [];
  const push = async (repository: string, branch: string) => {
    const files = { [`notes-${foreign.length}.md`]: `By a person, at ${Date.now()}.\n` };
    const { sha } = await simulator.as('ada').push({ repo: repository, branch, from: 'main', files });
    foreign.push({ repository, branch, commit: sha });
  };
  const wrong: string[] = [];
  let racing: AskedFor | null = null;
  let nameOf = (asked: AskedFor) => asked.run;
  const race = async (when: 'before' | 'after') => {
    const asked = racing;
    const how = RACES[raced.length % RACES.length] ?? 'base moves';
    if (asked === null || (how === 'branch moves') !== (when === 'after')) return;
    // One race for each run.
    racing = null;
    raced.push(how);
    await push(asked.repository, how === 'base moves' ? 'main' : nameOf(asked));
  };
  try {
    const app = await started(world);
    const first = await world.ask(world.repositories[0] ?? '', FIX);
    await world.allTold(60_000);
    const names = Object.keys(await simulator.branches(first.repository));
    const name = names.find((each) => each.endsWith(first.run.slice(-6))) ?? '';
    nameOf = ({ thread, run }) =>
      name.replace(`/${first.thread}-`, `/${thread}-`).replace(first.run.slice(-6), run.slice(-6));
    simulator.faults.before(PUBLISH, () => race('before'), Number.POSITIVE_INFINITY);
    simulator.faults.after(PUBLISH, () => race('after'), Number.POSITIVE_INFINITY);
    while (raced.length < size && Date.now() < until) {
      racing = null;
      const asked = await world.ask(random.pick(world.repositories), FIX);
      racing = asked;
      if (!(await world.allTold(60_000, [asked]))) wrong.push('a race came to no outcome');
    }
    await app.kill();
    wrong.push(...(await whatIsWrong(world)), ...lost(world, foreign));
    return {
      figures: {
        races: raced.length,
        how: tally(raced),
        'foreign commits': foreign.length,
        'calls that move a ref': simulator.calls.filter(
          ({ route, actor }) => actor === 'conductor[bot]' && /^(PATCH|DELETE) .*\/git\/refs/.test(route),
        ).length,
        outcomes: tally(world.asked.map((one) => outcomeOf(world, one))),
      },
      wrong,
    };
  } finally {
    await world.close();
  }
}

/** People's commits that no longer stand on the branch that they were pushed to. */
function lost({ simulator }: World, foreign: readonly Foreign[]): string[] {
  return foreign
    .filter(({ repository, branch, commit }) => {
      try {
        const args = ['merge-base', '--is-ancestor', commit, `refs/heads/${branch}`];
        execFileSync('git', args, { cwd: simulator.gitDirectory(repository), stdio: 'ignore' });
        return false;
      } catch {
        return true;
      }
    })
    .map(({ repository, branch, commit }) => `${repository}: ${commit} is lost from ${branch}`);
}
