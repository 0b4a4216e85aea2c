import type { Run } from './run.ts';

/** Keeps the one status comment of a run up to date. */
export interface StatusKeeper {
  /** Waits for an edit under way, and makes no more. */
  stop(): Promise<void>;
}

/**
 * Edits the status comment as facts come in: `statusEveryMs` after the command was accepted, then at most once in every
 * such time, with everything that came in between in one edit. A run that is over sooner says only its last word. A failed edit fails nothing and is no fact of the
 * run: the next one tells more, and the last one is a step of its own.
 */
export function keepStatus(run: Run): StatusKeeper {
  const { publisher, clock, settings, control } = run.ports;
  let writing: Promise<void> = Promise.resolve();
  let waiting: { cancel(): void } | null = null;
  let lastAt: number | null = null;
  let stopped = false;

  function write(): void {
    waiting = null;
    lastAt = clock.now().getTime();
    writing = writing.then(edit).catch(() => undefined);
  }

  /** Not for a run that must stop, nor for one that another process executes now: that one keeps its own status. */
  async function edit(): Promise<void> {
    if (await control.stop()) return;
    await publisher.status(run.view());
  }

  run.watch((view) => {
    if (stopped || waiting || view.agent === null || view.outcome !== null) return;
    lastAt ??= clock.now().getTime();
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
