import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { RunId } from '../../src/runs/run-id.ts';
import type { FloodOrder } from './flood-sender.ts';
import { type Mail, type Posted, post } from './mail.ts';
import { embeddedDatabaseOf, memoryOf } from './proc.ts';
import { type Finding, type Ground, type Property, tally } from './property.ts';
import { type Random, randomFrom } from './random.ts';
import { SCRIPT } from './requests.ts';
import { openThreads, type Thread } from './threads.ts';
import { started, startWorld, statusesOf, type World } from './world.ts';

/** Many deliveries at once: each answered soon, none lost, memory bounded, and a quiet repository is not kept waiting. */
export const flood: Property = { name: 'flood', counts: 'deliveries', full: 10_000, check };

const PER_SECOND = 10_000 / 60;
const DUPLICATES = 0.3;
const MENTIONS = 1 / 3;
const REPOSITORIES = 50;
const LIMITS = { p99Ms: 1_000, quietMs: 10_000, embeddedMb: 900, postgresMb: 350 };

async function check(size: number, seed: number, { postgres }: Ground): Promise<Finding> {
  const figures: Record<string, number | string> = {};
  const wrong: string[] = [];
  const urls = {
    // Small, it would measure how long the embedded database takes to warm up.
    ...(size === flood.full || !postgres ? { PGlite: null } : {}),
    ...(postgres ? { PostgreSQL: await postgres.database() } : {}),
  };
  for (const [storage, url] of Object.entries(urls)) {
    const found = await floodOn(url, size, randomFrom(seed));
    for (const [what, figure] of Object.entries(found.figures)) figures[`${storage}: ${what}`] = figure;
    wrong.push(...found.wrong.map((what) => `${storage}: ${what}`));
  }
  return { figures, wrong };
}

async function floodOn(databaseUrl: string | null, size: number, random: Random): Promise<Finding> {
  const caught: Mail[] = [];
  const world = await startWorld({
    repositories: Math.min(REPOSITORIES, Math.ceil(size / 100)) + 1,
    script: SCRIPT,
    databaseUrl,
    deliver: (mail) => caught.push(mail) && 202,
    simulator: { deliverAtOnce: 8 },
  });
  try {
    const quiet = world.repositories.at(-1) ?? '';
    const noisy = { ...world, repositories: world.repositories.slice(0, -1) };
    const threads = await openThreads(noisy, noisy.repositories.length * 5, caught);
    const { mails, runs } = await makeMails(threads, size, random);
    const app = await started(world);
    const pids = [app.pid, ...(databaseUrl === null ? [embeddedDatabaseOf(app.pid) ?? 0] : [])];
    const memory = watchMemory(pids);
    const order: FloodOrder = { url: app.url, mails, perSecond: PER_SECOND };
    const sender = new Worker(new URL('flood-sender.ts', import.meta.url), { workerData: order });
    const answered = once(sender, 'message');
    await setTimeout((size / PER_SECOND) * 500);
    const quietMs = await startOfQuiet(world, app.url, quiet, caught);
    const [answers] = (await answered) as [Posted[]];
    const megabytes = memory.most();
    const peaks = pids.map((pid) => memoryOf(pid, 'VmHWM'));
    await app.kill();

    const rows = await world.look((db) => db.selectFrom('runs').select(['id', 'state']).execute());
    const stored = new Set(rows.map(({ id }) => id));
    const accepted = answers.flatMap(({ status, run }) => (status === 202 && run ? [run] : []));
    const lost = new Set(accepted.filter((run) => !stored.has(run))).size;
    const times = answers.map(({ ms }) => ms).sort((one, other) => one - other);
    const p99Ms = times[Math.floor(times.length * 0.99)] ?? 0;
    // A few deliveries on a machine that also runs other tests say nothing about times.
    const inFull = size === flood.full;
    const most = databaseUrl === null ? LIMITS.embeddedMb : LIMITS.postgresMb;
    const wrong = [
      ...(p99Ms > LIMITS.p99Ms && inFull ? [`p99 of the answers is ${Math.round(p99Ms)} ms`] : []),
      ...(lost > 0 ? [`${lost} mentions were answered for and are in no row`] : []),
      ...(megabytes > most ? [`${megabytes} MB of memory, not ${most}`] : []),
      ...(quietMs > LIMITS.quietMs && inFull
        ? [`the quiet repository waited ${Math.round(quietMs)} ms`]
        : []),
      ...answers
        .filter(({ status }) => status !== 202)
        .map(({ status }) => `answered ${status}`)
        .slice(0, 3),
    ];
    return {
      figures: {
        answers: tally(answers.map(({ status, how }) => `${status} ${how}`)),
        'ack ms, median / p99 / slowest': [times[times.length >> 1], p99Ms, times.at(-1)]
          .map((ms) => Math.round(ms ?? 0))
          .join(' / '),
        'mentions / stored / answered for and lost': `${runs.size} / ${rows.length} / ${lost}`,
        'rows when killed at the end': tally(rows.map(({ state }) => state)),
        'most memory, MB': megabytes,
        'most memory of each process, the start included, MB': peaks.join(' and '),
        'quiet repository, ms to its first sign': Math.round(quietMs),
      },
      wrong,
    };
  } finally {
    await world.close();
  }
}

async function makeMails(threads: readonly Thread[], size: number, random: Random) {
  const unique = Math.round(size * (1 - DUPLICATES));
  const runs = new Set<RunId>();
  const mails: Mail[] = [];
  while (mails.length < unique) {
    const mentions = random.is(MENTIONS);
    const { mail, run } = random.pick(threads).comment(mentions ? '@conductor ask why?' : 'I see it too.');
    mails.push(mail);
    if (mentions) runs.add(run);
  }
  while (mails.length < size) mails.push(mails[random.below(unique)] as Mail);
  return { mails: random.shuffled(mails), runs };
}

/** Milliseconds until somebody who asks elsewhere sees that it was heard. */
async function startOfQuiet(world: World, url: string, repository: string, caught: Mail[]): Promise<number> {
  const asking = world.ask(repository, '@conductor ask why?');
  const asked = await asking;
  await world.simulator.settled();
  const began = performance.now();
  const mail = caught.find(
    ({ body }) => (JSON.parse(body) as { comment?: { id: number } }).comment?.id === asked.comment,
  );
  if (mail) await post(url, mail);
  while (performance.now() - began < 60_000) {
    const eyes = world.simulator.reactions(repository, asked.thread, asked.comment);
    if (eyes.length > 0 || statusesOf(world.simulator, asked).length > 0) break;
    await setTimeout(20);
  }
  return performance.now() - began;
}

/** Watches the resident memory of a process, and of its database's, from now on. */
function watchMemory(pids: readonly number[]): { most(): number } {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(
      most,
      pids.reduce((all, pid) => all + memoryOf(pid, 'VmRSS'), 0),
    );
  }, 250);
  return {
    most() {
      clearInterval(timer);
      return most;
    },
  };
}
