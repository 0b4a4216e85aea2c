import type { CommandRequest } from '../commands/request.ts';
import { type Outcome, outcome } from './outcome.ts';
import { ExecutionLost, type RunPorts, type Stop } from './ports.ts';
import type { Effect, RunFact, WrittenThing } from './run-events.ts';
import { type RunId, runIdOf } from './run-id.ts';
import { type RunView, viewOf, withEvent } from './run-view.ts';
import { persistently } from './step-policy.ts';

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
  /** What has been recorded so far, oldest first. */
  facts(): readonly RunFact[];
  /**
   * Does a piece of work once: a durable runner gives the remembered result instead of doing it again. Failures that
   * may pass are repeated. Throws RunStopped, and does nothing, once the run was told to stop. `limitMs`: how long it
   * may take, where that is not ten minutes.
   */
  step<T>(name: string, work: () => Promise<T>, limitMs?: number): Promise<T>;
  /** Writes that must never fail the run: a failure is a fact beside the others. Null: nothing was done. */
  attempt(
    thing: WrittenThing,
    name: string,
    write: () => Promise<readonly Effect[]>,
  ): Promise<readonly Effect[] | null>;
}

/** The run was told to stop: nothing more is begun but its last word. */
export class RunStopped extends Error {
  readonly stop: Stop;

  constructor(stop: Stop) {
    super(`The run was told to stop: ${stop.code}.`);
    this.stop = stop;
  }
}

/**
 * Opens a run. One that was interrupted is gone through again: steps give their remembered results, and facts that the
 * journal holds already are taken from there, with the times at which they happened. From `where-it-broke-off`, nothing
 * is gone through: the view is what the journal holds.
 */
export function openRun(
  request: CommandRequest,
  ports: RunPorts,
  from: 'start' | 'where-it-broke-off' = 'start',
): Run {
  const id = runIdOf(request);
  const { recorded } = ports.journal;
  const known = from === 'start' ? recorded.filter(({ fact }) => fact.kind === 'run_queued') : recorded;
  let view = viewOf(known);
  const facts = known.map(({ fact }) => fact);
  let sequence = known.length;
  const listeners: ((view: RunView) => void)[] = [];

  const run: Run = {
    id,
    request,
    ports,
    view: () => view,
    facts: () => facts,
    watch: (listener) => void listeners.push(listener),
    async step(name, work, limitMs) {
      // The stop stands in the step's result, so that going through the run again comes to the same end.
      const result = await ports.steps.run(name, async () => {
        const stop = await ports.control.stop();
        return stop ? { stop } : { done: await persistently(ports, name, work, limitMs) };
      });
      if ('stop' in result) throw new RunStopped(result.stop);
      return result.done;
    },
    async record(fact) {
      const kept = recorded[sequence];
      const event = kept ?? { run: id, sequence, at: ports.clock.now().toISOString(), fact };
      sequence += 1;
      view = withEvent(view, event);
      facts.push(event.fact);
      if (!kept) await ports.journal.append(event);
      // Not of what is only gone through again: the thread has seen it, and perhaps the end already.
      if (sequence >= recorded.length) for (const listener of listeners) listener(view);
    },
    async attempt(thing, name, write) {
      try {
        const effects = await ports.steps.run(name, () => persistently(ports, name, write));
        for (const effect of effects) await run.record(effect);
        return effects;
      } catch (error) {
        if (error instanceof ExecutionLost) throw error;
        await run.record({ kind: 'effect_failed', thing, code: codeOf(error), message: messageOf(error) });
        return null;
      }
    },
  };
  return run;
}

/** The first fact of every run: who asked for what. */
export async function recordStart(run: Run): Promise<void> {
  const { asker, thread, command, asking, cause } = run.request;
  await run.record({
    kind: 'run_started',
    asker: asker.login,
    thread: thread.number,
    verb: command.verb,
    ...(cause === undefined ? {} : { cause }),
    askedAt: asking.createdAt,
    askingUrl: asking.url,
    asked: asking.body,
  });
}

/** What an exception ends a run with. The details of a surprise go to the journal, not to the thread. */
export function endedBy(run: Run, error: unknown): Outcome {
  if (error instanceof ExecutionLost) throw error;
  if (error instanceof RunStopped) return stoppedOutcome(error.stop, run.view());
  run.ports.trouble?.(null, error);
  return outcome(
    'failed',
    codeOf(error),
    `Something went wrong that Conductor did not expect: ${messageOf(error)}`,
    `Ask again, or reply with \`retry\` to go on from there. If it happens again, give run ${run.id} to whoever runs this Conductor.`,
  );
}

function stoppedOutcome({ code, by }: Stop, view: RunView): Outcome {
  const pushed = view.writes.find(({ thing }) => thing === 'pull_request' || thing === 'branch');
  const stands = pushed ? ` ${pushed.name} had been made before that, and stays.` : ' Nothing was changed.';
  switch (code) {
    case 'deadline':
      return outcome(
        'stopped',
        'timed_out',
        `The run took longer than it may.${stands}`,
        'Ask for a smaller step, or raise session.timeout_minutes.',
      );
    case 'thread_ended':
      return outcome('stopped', code, `Stopped, because ${by} closed or locked this.${stands}`, null);
    case 'comment_deleted':
      return outcome('stopped', code, `Stopped, because ${by} deleted the request.${stands}`, null);
    case 'installation_removed':
      return outcome('stopped', code, 'Stopped, because Conductor was uninstalled here.', null);
    default:
      return outcome(
        'stopped',
        'stopped',
        `Stopped by ${by}.${stands}`,
        'Reply with `retry` to go on from there.',
      );
  }
}

export function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return typeof code === 'string' ? code : 'internal_error';
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
