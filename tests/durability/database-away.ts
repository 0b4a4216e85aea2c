import { setTimeout } from 'node:timers/promises';
import type { TestPostgres } from '../storage/postgres.ts';
import { whatIsWrong } from './oracle.ts';
import { type Finding, type Ground, type Property, tally } from './property.ts';
import { type Random, randomFrom } from './random.ts';
import { ALL_KINDS, KINDS, ROOM, SCRIPT } from './requests.ts';
import { outcomeOf, started, startWorld, type World } from './world.ts';

/** The database goes away at a random moment: no 2xx without a row, and everything goes on when it is back. */
export const databaseAway: Property = { name: 'database-away', counts: 'rounds', full: 100, check };

/** A run waits while the database is away; what it may take is counted from its return. */
const WITHIN_MS = 90_000;

async function check(size: number, seed: number, { postgres, until }: Ground): Promise<Finding> {
  if (postgres === null) return { figures: { skipped: 'no PostgreSQL' }, wrong: [] };
  const mayStop = await postgres
    .stop()
    .then(postgres.start)
    .then(
      () => true,
      () => false,
    );
  if (!mayStop) return { figures: { skipped: 'a PostgreSQL that may not be stopped' }, wrong: [] };
  const random = randomFrom(seed);
  const world = await startWorld({
    repositories: 8,
    script: SCRIPT,
    databaseUrl: await postgres.database(),
    variables: ROOM,
    simulator: { deliverAtOnce: 8 },
  });
  const wrong: string[] = [];
  const score = { rounds: 0, awaySeconds: 0, slowestMs: 0, refused: 0 };
  try {
    const app = await started(world);
    let gone = false;
    void app.exited.then(() => {
      gone = true;
    });
    while (score.rounds < size && Date.now() < until && !gone) {
      const awayMs = random.is(size > 10 ? 0.15 : 0)
        ? random.between(5_000, 30_000)
        : random.between(500, 3_000);
      await round(world, postgres, random, awayMs);
      score.rounds += 1;
      score.awaySeconds += awayMs / 1_000;
      const began = Date.now();
      await world.simulator.settled();
      score.refused += world.asked.length - world.accepted().size;
      await world.redeliver(app.url);
      if (!(await world.allTold(WITHIN_MS))) {
        wrong.push(`round ${score.rounds}: not all came to an outcome`);
        break;
      }
      score.slowestMs = Math.max(score.slowestMs, Date.now() - began);
    }
    if (gone) wrong.push('the process died');
    else await app.kill();
    const rows = await world.look((db) => db.selectFrom('runs').select('id').execute());
    const stored = new Set(rows.map(({ id }) => id));
    for (const { run } of world.accepted())
      if (!stored.has(run)) wrong.push(`${run} was answered 2xx, and has no row`);
    wrong.push(...(await whatIsWrong(world)));
    return {
      figures: {
        rounds: score.rounds,
        runs: world.asked.length,
        'seconds away': Math.round(score.awaySeconds),
        'deliveries refused meanwhile': score.refused,
        'slowest outcome, s after its return': Math.round(score.slowestMs / 100) / 10,
        outcomes: tally(world.asked.map((one) => outcomeOf(world, one))),
      },
      wrong,
    };
  } finally {
    await world.close();
  }
}

/** Some ask before, and one while it is away. */
async function round(world: World, postgres: TestPostgres, random: Random, awayMs: number): Promise<void> {
  const ask = () =>
    KINDS[random.is(0.6) ? 'fix' : random.pick(ALL_KINDS)](world, random.pick(world.repositories));
  const asking = [ask(), ask()];
  await setTimeout(random.below(800));
  await postgres.stop();
  await setTimeout(awayMs / 2);
  asking.push(ask());
  await setTimeout(awayMs / 2);
  await postgres.start();
  await Promise.all(asking);
}
