import { setTimeout } from 'node:timers/promises';
import { type Mail, post } from './mail.ts';
import { type Finding, type Ground, type Property, tally } from './property.ts';
import { randomFrom } from './random.ts';
import { SCRIPT } from './requests.ts';
import { sideBySide } from './side-by-side.ts';
import { openThreads } from './threads.ts';
import { started, startWorld } from './world.ts';

/** Message after message, some of them commands: the App's memory does not grow. */
export const soak: Property = { name: 'soak', counts: 'messages', full: 10_000, check };

const SAMPLES = 20;
const MB = 1_048_576;
/** More than this, between the second quarter and the last, is growth: of JavaScript's heap, and of everything. */
const MOST_GROWTH_MB = { heap: 5, rss: 40 };

async function check(size: number, seed: number, { until }: Ground): Promise<Finding> {
  const random = randomFrom(seed);
  const caught: Mail[] = [];
  const world = await startWorld({
    repositories: 10,
    script: SCRIPT,
    deliver: (mail) => caught.push(mail) && 202,
    simulator: { deliverAtOnce: 8 },
  });
  try {
    // A thread takes three runs in ten minutes: more of them than commands.
    const threads = await openThreads(world, Math.max(10, Math.round(size / 50)), caught);
    const app = await started(world);
    const samples: { readonly rss: number; readonly heapUsed: number }[] = [];
    const answers: string[] = [];
    for (let sample = 0; sample < SAMPLES && Date.now() < until; sample++) {
      const mails = Array.from({ length: Math.round(size / SAMPLES) }, () => {
        const thread = random.pick(threads);
        if (random.is(0.02)) return thread.comment('@conductor ask why?').mail;
        return thread.comment(random.is(0.1) ? 'What does @somebody say?' : 'I see it too.').mail;
      });
      const answered = await sideBySide(mails, (mail) => post(app.url, mail), 8);
      answers.push(...answered.map(({ status, how }) => `${status} ${how}`));
      caught.length = 0;
      await quiet(world.simulator.calls);
      samples.push(await app.memory());
    }
    const growth = {
      heap: grown(samples.map((one) => one.heapUsed)),
      rss: grown(samples.map((one) => one.rss)),
    };
    const wrong = (['heap', 'rss'] as const)
      .filter((what) => growth[what] > MOST_GROWTH_MB[what])
      .map((what) => `${what} grew by ${Math.round(growth[what])} MB`);
    const megabytes = (of: (one: (typeof samples)[0]) => number) =>
      samples.map((one) => Math.round(of(one) / MB)).join(' ');
    return {
      figures: {
        messages: answers.length,
        answers: tally(answers),
        'heap, MB': megabytes(({ heapUsed }) => heapUsed),
        'resident, MB': megabytes(({ rss }) => rss),
        'heap growth, MB in 1,000 messages': perThousand(growth.heap, size),
        'resident growth, MB in 1,000 messages': perThousand(growth.rss, size),
      },
      // In a few messages everything is warm-up.
      wrong: size >= 10_000 ? wrong : [],
    };
  } finally {
    await world.close();
  }
}

/** Resolves when the App has left GitHub alone for a while. */
async function quiet(calls: readonly unknown[]): Promise<void> {
  for (let before = -1; calls.length > before; ) {
    before = calls.length;
    await setTimeout(400);
  }
}

/** Megabytes between the mean of the second quarter and that of the last. */
function grown(bytes: readonly number[]): number {
  const quarter = Math.floor(bytes.length / 4);
  const mean = (list: readonly number[]) =>
    list.reduce((sum, each) => sum + each, 0) / Math.max(1, list.length);
  return (mean(bytes.slice(-quarter)) - mean(bytes.slice(quarter, 2 * quarter))) / MB;
}

const perThousand = (growth: number, size: number) => Math.round((growth / (size / 2)) * 100_000) / 100;
