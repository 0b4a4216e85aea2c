import { type Mail, post } from './mail.ts';
import { whatIsWrong } from './oracle.ts';
import { type Finding, type Ground, type Property, tally } from './property.ts';
import { randomFrom } from './random.ts';
import { ALL_KINDS, KINDS, type Kind, ROOM, SCRIPT } from './requests.ts';
import { type AskedFor, outcomeOf, started, startWorld, type World } from './world.ts';

/** GitHub does what it was asked to, and answers 502 or nothing: at every write there is, nothing is done twice. */
export const afterEffect: Property = { name: 'after-effect', counts: 'runs', full: 500, check };

const KINDS_OF_FAULT = ['fail-after', 'drop-after'] as const;

/** Requests whose webhooks are held back until the faults are set: people's own calls must not be struck. */
const TOGETHER = 8;

async function check(size: number, seed: number, { postgres, until }: Ground): Promise<Finding> {
  const random = randomFrom(seed);
  const databaseUrl = (await postgres?.database()) ?? null;
  const held: Mail[] = [];
  const world = await startWorld({
    repositories: 8,
    script: SCRIPT,
    databaseUrl,
    variables: ROOM,
    host: { retryAfterMs: [50, 200] },
    deliver: (mail) => held.push(mail) && 202,
  });
  const { faults } = world.simulator;
  const wrong: string[] = [];
  const struck = new Map<string, number>();
  try {
    const app = await started(world);
    const askAll = async (kinds: readonly Kind[]) => {
      const asked = await Promise.all(
        kinds.map((kind) => KINDS[kind](world, random.pick(world.repositories))),
      );
      await world.simulator.settled();
      return asked.flat();
    };
    const tellAll = async (asked: readonly AskedFor[]) => {
      for (const mail of held.splice(0)) await post(app.url, mail);
      if (!(await world.allTold(60_000, asked))) wrong.push('no outcome within a minute');
    };
    await tellAll(await askAll(ALL_KINDS));
    const routes = writesOf(world);

    while (world.asked.length < size && Date.now() < until) {
      const kinds = Array.from({ length: TOGETHER }, () => (random.is(0.7) ? 'fix' : random.pick(ALL_KINDS)));
      const asked = await askAll(kinds);
      const armed = routes.flatMap((route) =>
        KINDS_OF_FAULT.map((kind) => ({
          route,
          handle: faults.add({ route, kind, nth: random.between(1, TOGETHER), times: random.between(1, 2) }),
        })),
      );
      await tellAll(asked);
      for (const { route, handle } of armed) struck.set(route, (struck.get(route) ?? 0) + handle.hits);
      faults.clear();
    }
    await world.allTold(60_000);
    await app.kill();
    wrong.push(...(await whatIsWrong(world)));
    const never = routes.filter((route) => struck.get(route) === 0);
    if (size >= 500 && never.length > 0) wrong.push(`never struck: ${never.join(', ')}`);
    return {
      figures: {
        runs: world.asked.length,
        struck: [...struck].map(([route, times]) => `${times} ${route}`).join(', '),
        outcomes: tally(world.asked.map((one) => outcomeOf(world, one))),
      },
      wrong,
    };
  } finally {
    await world.close();
  }
}

/** Every route that a run writes to, learned from runs that nothing happened to, so that no new one can be forgotten. */
function writesOf({ simulator }: World): readonly string[] {
  const calls = simulator.calls.filter(({ actor, kind }) => actor === 'conductor[bot]' && kind !== 'read');
  return [...new Set(calls.map(({ route, operation }) => (operation ? `operation ${operation}` : route)))];
}
