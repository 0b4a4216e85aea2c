import type { CommandRequest } from '../commands/request.ts';
import { type Outcome, outcome } from './outcome.ts';
import type { RunPorts } from './ports.ts';
import type { RunFact, Written, WrittenThing } from './run-events.ts';
import { type RunId, runIdOf } from './run-id.ts';
import { NOTHING_YET, type RunView, withEvent } from './run-view.ts';

/** A run on its way: its request, its ports, and the facts recorded so far. */
export interface Run {
  readonly id: RunId;
  readonly request: CommandRequest;
  readonly ports: RunPorts;
  /** Appends a fact to the journal and tells those who watch. */
  record(fact: RunFact): Promise<void>;
  /** Calls `listener` after every fact. */
  watch(listener: (view: RunView) => void): void;
  view(): RunView;
  /** Does a piece of work once: a durable runner gives the remembered result instead of doing it again. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** A write that must never fail the run: its failure is a fact beside the others. */
  attempt(thing: WrittenThing, name: string, write: () => Promise<Written>): Promise<void>;
}

export function openRun(request: CommandRequest, ports: RunPorts): Run {
  const id = runIdOf(request);
  let view = NOTHING_YET;
  let sequence = 0;
  const listeners: ((view: RunView) => void)[] = [];

  const run: Run = {
    id,
    request,
    ports,
    view: () => view,
    watch: (listener) => void listeners.push(listener),
    step: (name, work) => ports.steps.run(name, work),
    async record(fact) {
      const event = { run: id, sequence, at: ports.clock.now().toISOString(), fact };
      sequence += 1;
      view = withEvent(view, event);
      await ports.journal.append(event);
      for (const listener of listeners) listener(view);
    },
    async attempt(thing, name, write) {
      try {
        await run.record({ kind: 'written', written: await run.step(name, write) });
      } catch (error) {
        await run.record({ kind: 'effect_failed', thing, code: codeOf(error), message: messageOf(error) });
      }
    },
  };
  return run;
}

/** What an exception nobody expected ends a run with. The details go to the journal, not to the thread. */
export function unexpected(run: RunId, error: unknown): Outcome {
  return outcome(
    'failed',
    codeOf(error),
    `Something went wrong that Conductor did not expect: ${messageOf(error)}`,
    `Ask again; if it happens again, give run ${run} to whoever runs this Conductor.`,
  );
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'internal_error';
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
