import type { Journal, Stop } from './ports.ts';
import type { RunEvent } from './run-events.ts';
import { runIdOf } from './run-id.ts';
import type { CommandDecision, Execution, Runner, Work } from './runner.ts';
import { spendingInMemory } from './spending.ts';

/** Events remembered as known, oldest forgotten first: bounds memory, not correctness, since writes are idempotent. */
const REMEMBERED = 10_000;

/**
 * Runs in this process, remembered in memory only: for the Action, whose job is one event, and for rehearsals. An event
 * that could not be read, or whose run could not start, is forgotten, so that handing it in again starts it. Across
 * jobs nothing is done twice because every write is found again. `openJournal`: where a run's events go, if anywhere else.
 */
export function inProcessRunner(work: Work, openJournal: OpenJournal = memoryJournal): Runner {
  const known = new Set<string>();
  const threads = new Map<string, Promise<unknown>>();
  const waiting = new Map<string, number>();
  const running = new Map<
    string,
    { installationId: number | null; thread: string; halt: (stop: Stop) => void }
  >();

  return {
    async submit(event) {
      const run = runIdOf(event);
      if (known.has(run)) return { run, how: 'known' };
      remember(known, run);
      const decision = await work.decide(event).catch((error: unknown) => {
        known.delete(run);
        throw error;
      });
      if (decision.kind === 'ignored') return { how: 'ignored', reason: decision.reason };

      const { request } = decision;
      const thread = threadOf(request.repository.id, request.thread.number);
      const journal = openJournal(decision);
      const ahead = waiting.get(thread) ?? 0;
      waiting.set(thread, ahead + 1);
      const welcomed = work.welcome(request, ahead, journal);
      const before = (threads.get(thread) ?? Promise.resolve()).catch(() => undefined);
      const mine = Promise.all([before, welcomed]).then(async () => {
        const { control, halt } = controls();
        running.set(run, { installationId: request.installationId, thread, halt });
        const executed = await work.execute(request, {
          ...BARE,
          journal,
          control,
          spending: spendingInMemory(),
        });
        if (executed.how === 'not_started') known.delete(run);
      });
      const ended = mine.finally(() => {
        running.delete(run);
        waiting.set(thread, (waiting.get(thread) ?? 1) - 1);
        if (threads.get(thread) !== ended) return;
        threads.delete(thread);
        waiting.delete(thread);
      });
      threads.set(thread, ended);
      return { run, how: 'accepted' };
    },
    async stop(scope, stop) {
      for (const [run, each] of running) {
        const meant =
          'run' in scope
            ? scope.run === run
            : 'thread' in scope
              ? each.thread === threadOf(scope.repositoryId, scope.thread)
              : scope.installationId === each.installationId;
        if (meant) each.halt(stop);
      }
    },
    async idle() {
      while (threads.size > 0) await Promise.all(threads.values());
    },
  };
}

const BARE: Pick<Execution, 'steps' | 'threadRuns' | 'recheckAt' | 'turnedDown'> = {
  steps: { run: (_name, work) => work() },
  threadRuns: null,
  recheckAt: async () => undefined,
  turnedDown: null,
};

const threadOf = (repositoryId: number, number: number) => `${repositoryId}#${number}`;

function remember(known: Set<string>, run: string): void {
  known.add(run);
  if (known.size > REMEMBERED) known.delete(known.values().next().value ?? '');
}

type OpenJournal = (decision: CommandDecision) => Journal;

function memoryJournal(): Journal {
  const recorded: RunEvent[] = [];
  return { recorded, append: async (event) => void recorded.push(event), anchor: async () => null };
}

function controls() {
  const controller = new AbortController();
  let stopped: Stop | null = null;
  return {
    control: { signal: controller.signal, stop: async () => stopped },
    halt(stop: Stop) {
      stopped ??= stop;
      controller.abort();
    },
  };
}
