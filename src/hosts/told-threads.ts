import type { ThreadState } from '../github/thread.ts';

/** How long what the reaction's answer told of a thread is as good as asking again. */
const FRESH_MS = 5_000;
const MOST_TOLD = 100;

/** What GitHub told of a thread when the request in it was acknowledged, for a run that begins at once. */
export function toldThreads(now: () => Date) {
  const told = new Map<string, { readonly state: ThreadState; readonly at: number }>();
  return {
    keep(run: string, state: ThreadState): void {
      told.set(run, { state, at: now().getTime() });
      // Another process may execute the run: what nobody takes is forgotten.
      if (told.size > MOST_TOLD) told.delete(told.keys().next().value ?? '');
    },
    /** Once, and only while it is fresh. */
    take(run: string): ThreadState | null {
      const known = told.get(run);
      told.delete(run);
      return known && now().getTime() - known.at <= FRESH_MS ? known.state : null;
    },
  };
}
