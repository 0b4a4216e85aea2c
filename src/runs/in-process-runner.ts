import type { CommandRequest } from '../commands/request.ts';
import { runIdOf } from './run-id.ts';
import type { Runner } from './runner.ts';

/** Requests remembered as known, oldest forgotten first: bounds memory, not correctness, since writes are idempotent. */
const REMEMBERED = 10_000;

/**
 * Runs in this process, remembered in memory only: for the Action, whose process lives for one event, and for tests.
 * `execute` never throws; what it would throw is a bug, and it surfaces from `idle`.
 */
export function inProcessRunner(execute: (request: CommandRequest) => Promise<unknown>): Runner {
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
      mine.then(forget, forget);
      return { run, how: 'accepted' };
    },
    async idle() {
      while (threads.size > 0) await Promise.all(threads.values());
    },
  };
}
