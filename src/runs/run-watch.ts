import type { AskingEvent } from '../commands/request.ts';
import type { RunEvent } from './run-events.ts';
import { type RunId, runIdOf } from './run-id.ts';

/** Where a run belongs: on every line of its log, and as the labels of its figures. */
export interface RunOrigin {
  readonly run: RunId;
  readonly installation: number | null;
  readonly repositoryId: number;
  /** `owner/name`, as it was when the event was sent. */
  readonly repository: string;
  readonly thread: number;
  /** GitHub's name for the delivery that asked (X-GitHub-Delivery); null: none did. */
  readonly delivery: string | null;
  /** The event's name and action, `issue_comment.created`; null: not known. */
  readonly event: string | null;
}

/** Folds runs, event by event, into something that is shown elsewhere. Must not throw, and nobody waits for it. */
export interface RunWatch {
  /** Once for each event that goes on record: `events` are the run's so far, the newest last. */
  recorded(origin: RunOrigin, events: readonly RunEvent[]): void;
  /** This process has done all that it does for the run. `requests`: those that it made to GitHub meanwhile. */
  over(origin: RunOrigin, events: readonly RunEvent[], requests: number): void;
}

export function originOf(event: AskingEvent): RunOrigin {
  const { repository, thread, installationId, told } = event;
  return {
    run: runIdOf(event),
    installation: installationId,
    repositoryId: repository.id,
    repository: `${repository.owner}/${repository.name}`,
    thread: thread.number,
    delivery: told?.delivery ?? null,
    event: told?.event ?? null,
  };
}

/** What every line of a run's log says of it. */
export function placeFields(origin: RunOrigin): Readonly<Record<string, unknown>> {
  const { run, thread, repository, delivery, event } = origin;
  return { run, thread, repository, delivery, event };
}
