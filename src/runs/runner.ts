import type { CommandRequest } from '../commands/request.ts';
import type { RunId } from './run-id.ts';

/** What became of a request that was handed to a runner. `known`: this very request was handed in before. */
export interface Submission {
  readonly run: RunId;
  readonly how: 'accepted' | 'known';
}

/** Executes one request to its outcome, or says that it could not even begin. */
export type Execute = (request: CommandRequest) => Promise<'ended' | 'not_started'>;

/**
 * Executes runs: each request once, the requests of one thread one after another, in order. What it promises across
 * crashes is each runner's own; the engine only ever sees this port.
 */
export interface Runner {
  submit(request: CommandRequest): Promise<Submission>;
  /** Resolves when nothing is queued or running. */
  idle(): Promise<void>;
}
