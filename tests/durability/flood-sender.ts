/** Sends deliveries at a fixed pace from a thread of its own, so that what GitHub waits is not what the tests take. */
import { setTimeout } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type Mail, type Posted, post } from './mail.ts';

export interface FloodOrder {
  readonly url: string;
  readonly mails: readonly Mail[];
  readonly perSecond: number;
}

const { url, mails, perSecond }: FloodOrder = workerData;
const began = performance.now();
const answers: Promise<Posted>[] = [];
for (const [index, mail] of mails.entries()) {
  const early = began + (index * 1_000) / perSecond - performance.now();
  if (early > 1) await setTimeout(early);
  answers.push(post(url, mail));
}
parentPort?.postMessage(await Promise.all(answers));
