import { setTimeout } from 'node:timers/promises';
import type { AppProcess } from './app-under-test.ts';
import { type Mail, post } from './mail.ts';
import { whatIsWrong } from './oracle.ts';
import { type Finding, type Ground, type Property, tally } from './property.ts';
import { type Random, randomFrom } from './random.ts';
import { ALL_KINDS, KINDS, ROOM, SCRIPT } from './requests.ts';
import { outcomeOf, started, startWorld, type World } from './world.ts';

/** Three processes on one PostgreSQL, killed and stopped and resumed as they work: nothing is done twice. */
export const replicas: Property = { name: 'replicas', counts: 'runs', full: 1_000, check };

const REPLICAS = 3;
/** Longer than the time after which the others take a silent process for dead. */
const STOPPED_MS = 20_000;

interface Fleet {
  readonly alive: Set<AppProcess>;
  readonly counts: { kills: number; stops: number };
  over: boolean;
}

async function check(size: number, seed: number, { postgres, until }: Ground): Promise<Finding> {
  if (postgres === null) return { figures: { skipped: 'no PostgreSQL' }, wrong: [] };
  const random = randomFrom(seed);
  const fleet: Fleet = { alive: new Set(), counts: { kills: 0, stops: 0 }, over: false };
  const world = await startWorld({
    repositories: 16,
    script: SCRIPT,
    databaseUrl: await postgres.database(),
    variables: ROOM,
    deliver: (mail) => toAnyone(fleet, random, mail),
    simulator: { deliverAtOnce: 8 },
  });
  const wrong: string[] = [];
  try {
    for (let index = 0; index < REPLICAS; index++) fleet.alive.add(await started(world, { own: true }));
    const misfortune = harass(world, fleet, random);
    while (world.asked.length < size && Date.now() < until) {
      const open = world.asked.filter((one) => !world.told(one)).length;
      if (open < 24)
        await KINDS[random.is(0.5) ? 'fix' : random.pick(ALL_KINDS)](world, random.pick(world.repositories));
      else await setTimeout(50);
    }
    fleet.over = true;
    await misfortune;
    const began = Date.now();
    if (!(await world.allTold(120_000)))
      wrong.push('not all came to an outcome within two minutes of the last kill');
    const lastMs = Date.now() - began;
    // What a resumed process still has in its hands would come now.
    await setTimeout(3_000);
    await world.allTold(60_000);
    await world.simulator.settled();
    wrong.push(...(await whatIsWrong(world)));
    return {
      figures: {
        runs: world.asked.length,
        ...fleet.counts,
        'slowest outcome, s after the last': Math.round(lastMs / 100) / 10,
        outcomes: tally(world.asked.map((one) => outcomeOf(world, one))),
      },
      wrong,
    };
  } finally {
    await world.close();
  }
}

/** Tries the living ones in turn, as a load balancer does, until one has taken it. */
async function toAnyone({ alive }: Fleet, random: Random, mail: Mail): Promise<number> {
  for (let tries = 0; tries < 20; tries++) {
    for (const app of random.shuffled([...alive])) {
      const { status } = await post(app.url, mail);
      if (status === 202) return status;
    }
    await setTimeout(100);
  }
  return 502;
}

/** Kills one and starts another, or stops one for a while; all of them are back when it resolves. */
async function harass(world: World, fleet: Fleet, random: Random): Promise<void> {
  const asleep = new Set<Promise<void>>();
  while (!fleet.over) {
    await setTimeout(random.between(1_000, 4_000));
    const victim = random.pick([...fleet.alive]);
    fleet.alive.delete(victim);
    if (random.is(0.5) || asleep.size > 0) {
      await victim.kill();
      fleet.counts.kills += 1;
      fleet.alive.add(await started(world, { own: true }));
    } else {
      victim.signal('SIGSTOP');
      fleet.counts.stops += 1;
      const sleep = setTimeout(STOPPED_MS).then(() => {
        victim.signal('SIGCONT');
        fleet.alive.add(victim);
        asleep.delete(sleep);
      });
      asleep.add(sleep);
    }
  }
  await Promise.all(asleep);
}
