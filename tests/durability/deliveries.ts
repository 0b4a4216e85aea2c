import { randomUUID } from 'node:crypto';
import { type Mail, post } from './mail.ts';
import { whatIsWrong } from './oracle.ts';
import { type Finding, type Ground, type Property, tally } from './property.ts';
import { randomFrom } from './random.ts';
import { ROOM, SCRIPT } from './requests.ts';
import { sideBySide } from './side-by-side.ts';
import { outcomeOf, started, startWorld } from './world.ts';

/** Each delivery sent one to five times, side by side, and later again under new GUIDs: one run each. */
export const deliveries: Property = { name: 'deliveries', counts: 'deliveries', full: 1_000, check };

async function check(size: number, seed: number, { postgres }: Ground): Promise<Finding> {
  const random = randomFrom(seed);
  const mails: Mail[] = [];
  const deliver = (mail: Mail) => {
    if (mail.event === 'issue_comment' && mail.body.includes('@conductor help')) mails.push(mail);
    return 202;
  };
  const databaseUrl = (await postgres?.database()) ?? null;
  const world = await startWorld({
    repositories: Math.min(20, size),
    script: SCRIPT,
    databaseUrl,
    variables: ROOM,
    deliver,
    simulator: { deliverAtOnce: 8 },
  });
  try {
    for (let asked = 0; asked < size; asked++)
      await world.ask(world.repositories[asked % world.repositories.length] ?? '', '@conductor help');
    await world.simulator.settled();

    const app = await started(world);
    const sendings = random.shuffled(
      mails.flatMap((mail) => Array(random.between(1, 5)).fill(mail) as Mail[]),
    );
    const answers = await sideBySide(sendings, (mail) => post(app.url, mail));
    const wrong: string[] = [];
    if (!(await world.allTold(Math.max(60_000, size * 600)))) wrong.push('not all came to an outcome');

    const calls = world.simulator.calls.filter(({ kind }) => kind !== 'read').length;
    const replays = await sideBySide(random.shuffled(mails).slice(0, Math.ceil(size / 2)), (mail) =>
      post(app.url, mail, randomUUID()),
    );
    if (world.simulator.calls.filter(({ kind }) => kind !== 'read').length !== calls)
      wrong.push('a replay made something be written');
    await app.kill();
    const runs = await world.look((db) =>
      db.selectFrom('runs').select('id').where('state', '=', 'ended').execute(),
    );
    const rows = await world.look((db) => db.selectFrom('runs').select('id').execute());
    if (rows.length !== size) wrong.push(`${rows.length} rows`);
    if (runs.length !== size) wrong.push(`${runs.length} runs`);
    if (answers.some(({ status }) => status !== 202)) wrong.push('a delivery was not answered 202');
    if (answers.filter(({ how }) => how === 'accepted').length !== size)
      wrong.push('not each was accepted once');
    if (replays.some(({ how }) => how !== 'known')) wrong.push('a replay was not known');
    wrong.push(...(await whatIsWrong(world)));
    return {
      figures: {
        sent: sendings.length,
        answers: tally(answers.map(({ status, how }) => `${status} ${how}`)),
        runs: runs.length,
        replays: tally(replays.map(({ status, how }) => `${status} ${how}`)),
        outcomes: tally(world.asked.map((one) => outcomeOf(world, one))),
      },
      wrong,
    };
  } finally {
    await world.close();
  }
}
