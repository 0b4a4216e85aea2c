import type { ModelFailure } from '../model.ts';
import { failureFrom, failureOf, type SdkErrors } from './vendor-failure.ts';

/** How long a silence is borne. */
export interface Limits {
  /** Milliseconds until an answer has begun, or goes on after silent thought. Default: five minutes, as Node's own limit. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds between two events of an answer; comments and pings are none. Default: two minutes. */
  readonly stallMs?: number | undefined;
}

const TIMEOUT_MS = 300_000;
const STALL_MS = 120_000;

interface Patience extends Limits {
  readonly label: string;
  readonly errors: SdkErrors;
  readonly signal: AbortSignal;
}

/**
 * Does `work` until the run is stopped, or nothing was heard for too long: a server that accepts and is silent, or
 * drips comments, must not hold a run. Not left to the SDKs, whose own limit ends where the headers of an answer
 * begin. `work` says what it hears, and whether silence is to be expected after it. Never throws; null: it is done.
 */
export async function patiently(
  { label, errors, signal, timeoutMs = TIMEOUT_MS, stallMs = STALL_MS }: Patience,
  work: (signal: AbortSignal, heard: (thinks: boolean) => void) => Promise<void>,
): Promise<ModelFailure | null> {
  const stopped = failureOf('model_stopped', label, 'was stopped before it had answered');
  if (signal.aborted) return stopped;
  const request = new AbortController();
  const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<ModelFailure>();
  const wait = (ms: number, did: string) => {
    const seconds = Math.max(1, Math.round(ms / 1_000));
    return setTimeout(() => giveUp(failureOf('model_timeout', label, `${did} for ${seconds} seconds`)), ms);
  };
  let isOver = false;
  let isThinking = true;
  let timer = wait(timeoutMs, 'did not begin to answer');
  const heard = (thinks: boolean) => {
    if (isOver) return;
    if (thinks === isThinking) return void timer.refresh();
    clearTimeout(timer);
    isThinking = thinks;
    timer = thinks ? wait(timeoutMs, 'was silent') : wait(stallMs, 'was silent in mid-answer');
  };
  const stop = () => giveUp(stopped);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const done = work(request.signal, heard).then(
      () => null,
      (error: unknown) => failureFrom(error, label, errors),
    );
    return await Promise.race([gaveUp, done]);
  } finally {
    isOver = true;
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    request.abort();
  }
}
