import { setTimeout } from 'node:timers/promises';
import type { AppProcess } from './app-under-test.ts';
import { type CrashPoints, learnCrashPoints } from './crash-points.ts';
import { whatIsWrong } from './oracle.ts';
import { type Finding, type Ground, type Property, tally } from './property.ts';
import { type Random, randomFrom } from './random.ts';
import { ALL_KINDS, KINDS, ROOM, SCRIPT } from './requests.ts';
import { outcomeOf, started, startWorld, type World } from './world.ts';

/** SIGKILL inside named steps, at each of three places: nothing lost, nothing doubled, an outcome within a minute. */
export const crash: Property = { name: 'crash', counts: 'runs', full: 1_000, check };

const WITHIN_MS = 60_000;
const AFTER_LAST_WORD_MS = 1_000;
/** Requests made just before a process is killed. */
const TOGETHER = 2;
/** Each step must have been struck so often when all runs are through. */
const STRUCK = 20;

interface Trial {
  readonly world: World;
  readonly random: Random;
  readonly points: CrashPoints;
  readonly score: Score;
  /** True: enough. */
  readonly over: () => boolean;
}

interface Score {
  readonly hits: Map<string, number>;
  readonly wrong: string[];
  crashes: number;
  whileRecovering: number;
  slowestMs: number;
}

async function check(size: number, seed: number, { postgres, until }: Ground): Promise<Finding> {
  const random = randomFrom(seed);
  const score: Score = { hits: new Map(), wrong: [], crashes: 0, whileRecovering: 0, slowestMs: 0 };
  const outcomes: string[] = [];
  const runs = { embedded: 0, postgres: 0 };
  let steps: readonly string[] = [];
  // Of PostgreSQL's runs less: there, a killed process is taken for dead after fifteen seconds only.
  const shares = postgres ? ({ embedded: 0.7, postgres: 0.3 } as const) : ({ embedded: 1 } as const);
  const began = Date.now();
  let share = 0;
  for (const [kind, part] of Object.entries(shares) as [keyof typeof runs, number][]) {
    share += part;
    const end = began + (until - began) * share;
    const databaseUrl = kind === 'postgres' ? ((await postgres?.database()) ?? null) : null;
    const world = await startWorld({ repositories: 8, script: SCRIPT, databaseUrl, variables: ROOM });
    try {
      const points = await learnCrashPoints(world, random);
      steps = points.steps;
      const over = () => world.asked.length >= size * part || Date.now() > end;
      await (kind === 'embedded' ? crashEmbedded : crashOnPostgres)({ world, random, points, score, over });
      score.wrong.push(...(await whatIsWrong(world)));
      runs[kind] = world.asked.length;
      outcomes.push(...world.asked.map((one) => outcomeOf(world, one)));
    } finally {
      await world.close();
    }
  }
  const rarely = steps.filter((step) => (score.hits.get(step) ?? 0) < STRUCK);
  if (outcomes.length >= 1_000 && rarely.length > 0)
    score.wrong.push(`struck less than ${STRUCK} times: ${rarely.join(', ')}`);
  return {
    figures: {
      runs: outcomes.length,
      'on PGlite': runs.embedded,
      'on PostgreSQL': runs.postgres,
      crashes: score.crashes,
      'while recovering': score.whileRecovering,
      struck: steps.map((step) => `${step} ${score.hits.get(step) ?? 0}`).join(', '),
      'slowest outcome, s after restart': Math.round(score.slowestMs / 100) / 10,
      outcomes: tally(outcomes),
    },
    wrong: score.wrong,
  };
}

/** Embedded, the next process goes on at once with what the one before left. */
async function crashEmbedded(trial: Trial): Promise<void> {
  const { world, random, score } = trial;
  let app = await started(world);
  while (!trial.over()) {
    if (!(await strike(trial, app))) await app.kill();
    if (random.is(0.5)) {
      // Once more, while what was struck is being gone on with.
      app = await started(world);
      await world.redeliver(app.url);
      if (await strike(trial, app)) score.whileRecovering += 1;
      else await app.kill();
    }
    app = await tellAll(trial);
  }
}

/** Several die, one after the other, before one lives for long enough to take over. */
async function crashOnPostgres(trial: Trial): Promise<void> {
  while (!trial.over()) {
    for (let deaths = 0; deaths < 6 && !trial.over(); deaths++) {
      const app = await started(trial.world);
      if (!(await strike(trial, app))) await app.kill();
    }
    const app = await tellAll(trial);
    await app.kill();
  }
}

/** Some ask; the process is killed at the next of the crash points. False: nothing came by there. */
async function strike({ world, random, points, score }: Trial, app: AppProcess): Promise<boolean> {
  const { crashAt, kind } = points.next();
  await app.arm(crashAt);
  const kinds = [kind, ...Array.from({ length: TOGETHER - 1 }, () => random.pick(ALL_KINDS))];
  const before = world.asked.length;
  const asking = Promise.all(kinds.map((each) => KINDS[each](world, random.pick(world.repositories))));
  // What comes after the last word, a notice say, is struck too.
  const alive = asking
    .then(() => world.allTold(WITHIN_MS, world.asked.slice(before)))
    .then(() => setTimeout(AFTER_LAST_WORD_MS));
  const died = (await Promise.race([app.exited, alive])) === undefined;
  await asking;
  if (died) {
    score.crashes += 1;
    score.hits.set(crashAt.step ?? '', (score.hits.get(crashAt.step ?? '') ?? 0) + 1);
  }
  return died;
}

/** Starts a process that may live, and holds it to the time in which all must have their outcome. */
async function tellAll({ world, score }: Trial): Promise<AppProcess> {
  const app = await started(world);
  const began = Date.now();
  await world.redeliver(app.url);
  const told = await world.allTold(WITHIN_MS);
  score.slowestMs = Math.max(score.slowestMs, Date.now() - began);
  if (!told) {
    score.wrong.push(`not all had an outcome ${WITHIN_MS / 1_000} s after the restart`);
    await world.allTold(4 * WITHIN_MS);
  }
  return app;
}
