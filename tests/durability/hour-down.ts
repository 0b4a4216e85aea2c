import { sql } from 'kysely';
import { whatIsWrong } from './oracle.ts';
import { type Finding, type Ground, type Property, tally } from './property.ts';
import { randomFrom } from './random.ts';
import { FIX, ROOM, SCRIPT } from './requests.ts';
import { outcomeOf, started, startWorld } from './world.ts';

/** Deliveries fail while nobody listens: the App that comes back asks for them itself, within five minutes. */
export const hourDown: Property = { name: 'hour-down', counts: 'deliveries', full: 100, check };

const HOUR_MS = 3_600_000;
const WITHIN_MS = 5 * 60_000;

async function check(size: number, seed: number, { postgres }: Ground): Promise<Finding> {
  const random = randomFrom(seed);
  const databaseUrl = (await postgres?.database()) ?? null;
  let behindMs = HOUR_MS;
  const world = await startWorld({
    repositories: 20,
    script: SCRIPT,
    databaseUrl,
    variables: ROOM,
    simulator: { now: () => new Date(Date.now() - behindMs), deliverAtOnce: 8 },
  });
  const wrong: string[] = [];
  try {
    // A first life, which ended an hour ago.
    behindMs = 0;
    const first = await started(world);
    await world.ask(world.repositories[0] ?? '', FIX);
    await world.allTold(60_000);
    await first.kill();
    await world.look((db) => sql`update marks set at = at - interval '1 hour'`.execute(db));
    behindMs = HOUR_MS - 60_000;
    while (world.asked.length <= size)
      await world.ask(random.pick(world.repositories), random.is(0.3) ? FIX : '@conductor ask why?');
    await world.simulator.settled();
    const failed = world.simulator.deliveries.filter(
      ({ event, statusCode }) => event === 'issue_comment' && statusCode >= 500,
    );
    if (failed.length < size) wrong.push(`only ${failed.length} deliveries failed`);

    behindMs = 0;
    await started(world);
    const began = Date.now();
    if (!(await world.allTold(WITHIN_MS))) wrong.push('not all were recovered within five minutes');
    const seconds = Math.round((Date.now() - began) / 1_000);
    await world.simulator.settled();
    wrong.push(...(await whatIsWrong(world)));
    const told = world.asked.filter((one) => world.told(one)).length - 1;
    const outcomes = tally(world.asked.map((one) => outcomeOf(world, one)));
    return { figures: { failed: failed.length, recovered: told, seconds, outcomes }, wrong };
  } finally {
    await world.close();
  }
}
