import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from './call.ts';
import type { Fault, FaultSource } from './faults.ts';
import { Refusal } from './refusal.ts';

/** A fault has cut a request short: thrown through whatever was under way, up to the server. */
export class Cut extends Error {
  /** What goes out instead; null when the connection is closed without a word. */
  readonly answer: Answer | null;

  constructor(answer: Answer | null) {
    super('A fault has cut the request short.');
    this.answer = answer;
  }
}

/**
 * Has an effect, as far as the fault that strikes `route` lets it, with the callbacks around it.
 *
 * @throws Cut where a fault ends the request, before the effect or after it
 */
export async function underFaults<T>(
  faults: FaultSource,
  route: string,
  effect: () => Promise<T>,
): Promise<T> {
  const fault = faults.strike(route);
  if (fault?.kind === 'delay') await sleep(fault.delayMs ?? 100);
  if (fault?.kind === 'drop-before') throw new Cut(null);
  if (fault !== null && ['fail-before', 'answer', 'secondary-limit'].includes(fault.kind))
    throw new Cut(faultAnswer(fault));
  await faults.runBefore(route);
  const result = await effect();
  await faults.runAfter(route);
  if (fault?.kind === 'drop-after') throw new Cut(null);
  if (fault?.kind === 'fail-after') throw new Cut(faultAnswer(fault));
  return result;
}

function faultAnswer(fault: Fault): Answer {
  if (fault.kind === 'secondary-limit') {
    const message =
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    const { body } = new Refusal(fault.status ?? 403, message);
    return {
      status: fault.status ?? 403,
      body: fault.body ?? body,
      headers: { 'retry-after': String(fault.retryAfterSeconds ?? 60) },
    };
  }
  const status = fault.status ?? (fault.kind === 'answer' ? 200 : 502);
  const retry =
    fault.retryAfterSeconds === undefined ? {} : { 'retry-after': String(fault.retryAfterSeconds) };
  return { status, body: fault.body ?? { message: 'Server Error' }, headers: retry };
}
