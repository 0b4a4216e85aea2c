import { runIdOf } from './run-id.ts';
import type { Execute, Runner } from './runner.ts';

/** Requests remembered as known, oldest forgotten first: bounds memory, not correctness, since writes are idempotent. */
const REMEMBERED = 10_000;

/**
 * Runs in this process, remembered in memory only. A request that could not start is forgotten, so that handing it in
 * again (a redelivery) starts it. `execute` never throws; what it would throw is a bug, and surfaces from `idle`.
 */
export function inProcessRunner(execute: Execute): Runner {
  const known = new Set<string>();
  const threads = new Map<string, Promise<unknown>>();

  return {
    async submit(request) {
      const run = runIdOf(request);
      if (known.has(run)) return { run, how: 'known' };
      known.add(run);
      if (known.size > REMEMBERED) known.delete(known.values().next().value ?? '');

      const thread = `${request.repository.id}#${request.thread.number}`;
      const before = threads.get(thread) ?? Promise.resolve();
      const mine = before.then(
        () => execute(request),
        () => execute(request),
      );
      threads.set(thread, mine);
      const forget = () => {
        if (threads.get(thread) === mine) threads.delete(thread);
      };
      mine.then((how) => {
        if (how === 'not_started') known.delete(run);
        forget();
      }, forget);
      return { run, how: 'accepted' };
    },
    async idle() {
      while (threads.size > 0) await Promise.all(threads.values());
    },
  };
}
