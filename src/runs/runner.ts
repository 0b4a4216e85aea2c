import type { AskingEvent, CommandRequest } from '../commands/request.ts';
import type { RecheckAt } from './approval-ports.ts';
import type { Outcome } from './outcome.ts';
import type { Control, Journal, Steps } from './ports.ts';
import type { RunId } from './run-id.ts';
import type { Spending } from './spending.ts';
import type { ThreadRuns } from './thread-runs.ts';

/** What became of an event that was handed to a runner. `known`: this very text was handed in before. */
export type Submission =
  | { readonly how: 'accepted' | 'known'; readonly run: RunId }
  | { readonly how: 'ignored'; readonly reason: string };

/** What an event's text comes to, once the repository's config has been asked. */
export type Decision = { readonly kind: 'ignored'; readonly reason: string } | CommandDecision;

export interface CommandDecision {
  readonly kind: 'command';
  readonly request: CommandRequest;
  /** `security.rate_limit_per_minute` of the repository. */
  readonly commandsPerMinute: number;
  /** `audit.branch` of the repository; null: none. */
  readonly ledgerBranch: string | null;
}

/** What a runner lends to one execution of a run. */
export interface Execution {
  readonly steps: Steps;
  readonly journal: Journal;
  readonly control: Control;
  readonly spending: Spending;
  /** The other runs of the thread; null where a runner knows of none but this one. */
  readonly threadRuns: ThreadRuns | null;
  readonly recheckAt: RecheckAt;
  /** Why the run was turned down before it began (a rate, a loop); null: it may begin. */
  readonly turnedDown: Outcome | null;
}

/** `told`: the thread has the outcome. `not_started`: GitHub could not be reached, and nothing was done. */
export type Executed =
  | { readonly how: 'ended'; readonly outcome: Outcome; readonly told: boolean }
  | { readonly how: 'not_started'; readonly error: string };

/** What the engine does for a runner. The runner says when, how often, and how many side by side. */
export interface Work {
  /** Reads the text. Throws when the repository can't be reached: to be asked again later. */
  decide(event: AskingEvent): Promise<Decision>;
  /** 👀; and, where `ahead` runs of the thread come first, a status comment that says so. Never throws. */
  welcome(request: CommandRequest, ahead: number, journal: Journal): Promise<void>;
  /** Executes to the outcome. Throws only ExecutionLost. */
  execute(request: CommandRequest, execution: Execution): Promise<Executed>;
  /**
   * The last word for a run whose own execution can't say it: it hung, kept crashing, or GitHub was away. `outcome`
   * null: it has ended, and is told again.
   */
  conclude(
    request: CommandRequest,
    outcome: Outcome | null,
    journal: Journal,
  ): Promise<{ readonly told: boolean }>;
  /** Marks the thread's last run as archived, in its status comment. */
  archive(request: CommandRequest, idleMinutes: number, journal: Journal): Promise<void>;
}

/** Which runs lose their ground: all of an installation, all of a thread, or one. */
export type Scope =
  | { readonly installationId: number }
  | { readonly repositoryId: number; readonly thread: number }
  | { readonly run: RunId };

/**
 * Executes runs: each request once, the requests of one thread one after another, in order. What it promises across
 * crashes is each runner's own; the engine only ever sees this port.
 */
export interface Runner {
  /** Resolves when the event is as safe as this runner can make it. Rejects when it can't take it. */
  submit(event: AskingEvent): Promise<Submission>;
  /** Ends the runs of a scope. `silent`: GitHub would not take a last word any more. */
  stop(
    scope: Scope,
    stop: { readonly code: string; readonly by: string; readonly silent: boolean },
  ): Promise<void>;
  /** Resolves when nothing is queued or running. */
  idle(): Promise<void>;
}
