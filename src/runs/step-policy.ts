import type { Clock, RunPorts } from './ports.ts';

/** Longer than any wait that GitHub may ask of one request; shorter than a run's own limit. */
const STEP_LIMIT_MS = 10 * 60_000;

/** A step that did not come to its end in time. Whatever it was doing may still happen: writes are found again. */
class StepTimedOut extends Error {
  readonly code = 'step_timed_out';

  constructor(name: string, limitMs: number) {
    super(`The step ${name} took longer than ${Math.round(limitMs / 60_000)} minutes.`);
  }
}

/**
 * Does a step's work within its time. What failed in a way that may pass (`transient` on the error: GitHub answered
 * 5xx, the connection broke) is done again after each of the host's waits; everything else fails at once.
 */
export async function persistently<T>(
  { clock, settings, control, trouble }: Pick<RunPorts, 'clock' | 'settings' | 'control' | 'trouble'>,
  name: string,
  work: () => Promise<T>,
  limitMs = STEP_LIMIT_MS,
): Promise<T> {
  for (const waitMs of [...settings.retryAfterMs, null]) {
    try {
      return await inTime(clock, name, work, limitMs);
    } catch (error) {
      if (waitMs === null || control.signal.aborted || !isTransient(error)) throw error;
      trouble?.(name, error);
    }
    await pause(clock, waitMs, control.signal);
  }
  throw new Error('unreachable');
}

/** Waits, or less when `signal` is aborted. */
export async function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const wait = clock.deadline(milliseconds);
  await new Promise<void>((resolve) => {
    for (const each of [wait.signal, signal]) each.addEventListener('abort', () => resolve(), { once: true });
  });
  wait.cancel();
}

async function inTime<T>(clock: Clock, name: string, work: () => Promise<T>, limitMs: number): Promise<T> {
  const limit = clock.deadline(limitMs);
  const late = new Promise<never>((_, reject) => {
    limit.signal.addEventListener('abort', () => reject(new StepTimedOut(name, limitMs)), { once: true });
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    limit.cancel();
  }
}

function isTransient(error: unknown): boolean {
  return error instanceof Error && 'transient' in error && error.transient === true;
}
