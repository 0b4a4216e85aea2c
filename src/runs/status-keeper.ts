import type { Run } from './run.ts';

/** Keeps the one status comment of a run up to date. */
export interface StatusKeeper {
  /** Waits for an edit under way, and makes no more. */
  stop(): Promise<void>;
}

/**
 * Edits the status comment as facts come in: the first time when the command is accepted, then at most once every
 * `statusEveryMs`, with everything that came in between in one edit. A failed edit fails nothing: the next one tells more.
 */
export function keepStatus(run: Run): StatusKeeper {
  const { publisher, clock, settings } = run.ports;
  let writing: Promise<void> = Promise.resolve();
  let waiting: { cancel(): void } | null = null;
  let lastAt = Number.NEGATIVE_INFINITY;
  let stopped = false;
  let failed = false;

  function write(): void {
    waiting = null;
    lastAt = clock.now().getTime();
    writing = writing.then(() => publisher.status(run.view())).then(() => undefined, noteFailure);
  }

  async function noteFailure(error: unknown): Promise<void> {
    if (failed) return;
    failed = true;
    await run.record({
      kind: 'effect_failed',
      thing: 'comment',
      code: 'status_not_written',
      message: String(error),
    });
  }

  run.watch((view) => {
    if (stopped || waiting || view.agent === null || view.outcome !== null) return;
    const wait = lastAt + settings.statusEveryMs - clock.now().getTime();
    if (wait <= 0) return write();
    const deadline = clock.deadline(wait);
    waiting = deadline;
    deadline.signal.addEventListener('abort', () => stopped || write(), { once: true });
  });

  return {
    async stop() {
      stopped = true;
      waiting?.cancel();
      await writing;
    },
  };
}
