import { AsyncLocalStorage } from 'node:async_hooks';
import type { CommandRequest } from '../commands/request.ts';
import type { Journal } from '../runs/ports.ts';
import type { RunEvent } from '../runs/run-events.ts';
import { originOf, type RunWatch } from '../runs/run-watch.ts';

/** Clients are shared by a repository's runs: whose a request is, only the work that makes it knows. */
const counts = new AsyncLocalStorage<{ requests: number }>();

/** One more request to GitHub, by whatever run is under way here. */
export function countRequest(): void {
  const count = counts.getStore();
  if (count) count.requests += 1;
}

/** One execution of a run, as those who watch it see it. */
export interface WatchedRun {
  /** The run's journal: they are told of what goes on record. */
  readonly journal: Journal;
  /** All events of the run so far. */
  readonly events: readonly RunEvent[];
  /** Does the run's work, and tells that it is over. */
  during<T>(work: () => Promise<T>): Promise<T>;
}

export function watchRun(watch: RunWatch, request: CommandRequest, journal: Journal): WatchedRun {
  const origin = originOf(request);
  const events = [...journal.recorded];
  const count = { requests: 0 };
  return {
    events,
    journal: {
      ...journal,
      async append(event) {
        await journal.append(event);
        events.push(event);
        watch.recorded(origin, events);
      },
    },
    async during(work) {
      const result = await counts.run(count, work);
      watch.over(origin, events, count.requests);
      return result;
    },
  };
}

/** All of them at once. What fails in one is told to `failed`, and reaches neither the run nor the others. */
export function watchAll(all: readonly RunWatch[], failed: (error: unknown) => void): RunWatch {
  const each = (tell: (watch: RunWatch) => void) => {
    for (const watch of all) {
      try {
        tell(watch);
      } catch (error) {
        failed(error);
      }
    }
  };
  return {
    recorded: (...told) => each((watch) => watch.recorded(...told)),
    over: (...told) => each((watch) => watch.over(...told)),
  };
}
