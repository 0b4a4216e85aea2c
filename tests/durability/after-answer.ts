import type { AppProcess } from './app-under-test.ts';
import { type Mail, post } from './mail.ts';
import { whatIsWrong } from './oracle.ts';
import { type Finding, type Ground, type Property, tally } from './property.ts';
import { randomFrom } from './random.ts';
import { FIX, ROOM, SCRIPT } from './requests.ts';
import { outcomeOf, started, startWorld } from './world.ts';

/** SIGKILL as soon as the App has answered 2xx: what it answered for is done all the same. */
export const afterAnswer: Property = { name: 'after-2xx', counts: 'runs', full: 200, check };

/** Requests that each life of a process answers for. */
const EACH_LIFE = 2;

async function check(size: number, seed: number, { until }: Ground): Promise<Finding> {
  const random = randomFrom(seed);
  let app: AppProcess | null = null;
  let answers = 0;
  const deliver = async (mail: Mail) => {
    const { status } = await post(app?.url ?? '', mail);
    if (status === 202 && mail.event === 'issue_comment' && ++answers === EACH_LIFE) app?.signal('SIGKILL');
    return status;
  };
  const world = await startWorld({ repositories: 8, script: SCRIPT, variables: ROOM, deliver });
  const wrong: string[] = [];
  let kills = 0;
  try {
    app = await started(world);
    while (world.asked.length < size && Date.now() < until) {
      answers = 0;
      const asking = Array.from({ length: EACH_LIFE }, () => world.ask(random.pick(world.repositories), FIX));
      await Promise.all([app.exited, ...asking]);
      kills += 1;
      answers = Number.NEGATIVE_INFINITY;
      app = await started(world);
      if (!(await world.allTold(60_000))) wrong.push('a request that was answered for was lost');
    }
    await app.kill();
    wrong.push(...(await whatIsWrong(world)));
    const outcomes = tally(world.asked.map((one) => outcomeOf(world, one)));
    return { figures: { runs: world.asked.length, kills, outcomes }, wrong };
  } finally {
    await world.close();
  }
}
