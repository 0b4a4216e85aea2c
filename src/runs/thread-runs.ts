import type { OutcomeState } from './outcome.ts';
import type { RunId } from './run-id.ts';

/** A run as others in its thread see it. */
export interface RunSummary {
  readonly run: RunId;
  readonly state: 'queued' | 'running' | 'ended';
  readonly verb: string | null;
  readonly asker: string;
  /** The outcome's state and code; null while there is none. */
  readonly outcome: { readonly state: OutcomeState; readonly code: string } | null;
  readonly askingUrl: string;
}

/** The runs of the thread that a run stands in, and what a command may do to them. */
export interface ThreadRuns {
  /** Newest first, at most twenty; control commands are left out. */
  list(): Promise<readonly RunSummary[]>;
  /** Tells all that are queued or running to stop, and gives them. */
  stop(by: string): Promise<readonly RunSummary[]>;
  /** Queues the newest run again if it failed or was stopped, from a step. `forgotten`: what it was asked is gone. */
  retry(): Promise<{ readonly run: RunSummary; readonly from: string } | 'forgotten' | null>;
  /** The story of a run, or of the thread's newest, in lines of anybody's words; null: the repository has none. */
  story(run: RunId | null): Promise<readonly string[] | null>;
  /** The agents that have taken part since the thread's session began. */
  agents(): Promise<readonly string[]>;
}
