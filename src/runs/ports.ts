import type { CliAgent } from '../agents/cli-agent.ts';
import type { Model } from '../agents/model.ts';
import type { ModelHealth } from '../agents/model-health.ts';
import type { FileChange } from '../changes/file-change.ts';
import type { ShownFile, Suggestion } from '../changes/suggestions.ts';
import type { Workspace } from '../changes/workspace.ts';
import type { CommandRequest, Person } from '../commands/request.ts';
import type { Config } from '../config/schema.ts';
import type { Circumstances } from '../policy/facts.ts';
import type { Judgement } from '../policy/verdict.ts';
import type { ReviewThread } from '../threads/review-thread.ts';
import type { ThreadMessage } from '../threads/transcript.ts';
import type { Approvals, RecheckAt, Settled } from './approval-ports.ts';
import type { FailingCheck, PullCommit } from './failing-checks.ts';
import type { Outcome, StepResult } from './outcome.ts';
import type { OwnPulls, PullRequest } from './own-pull-ports.ts';
import type { Anchor, Effect, RunEvent, Undone, Written } from './run-events.ts';
import type { RunId } from './run-id.ts';
import type { RunView } from './run-view.ts';
import type { Spending } from './spending.ts';
import type { ThreadRuns } from './thread-runs.ts';

/** GitHub's words for what an account may do in a repository, weakest first. */
export type Permission = 'none' | 'read' | 'triage' | 'write' | 'maintain' | 'admin';

/** Where a run starts from. */
export interface Base {
  /** The commit that a change set is made against, as a full hash. */
  readonly commit: string;
  /** The branch that a pull request would go to. */
  readonly branch: string;
  /** The commit that config, agents and instruction files are read at: always of the base branch, never of a pull request's head. */
  readonly trustedCommit: string;
  /** Why no branch can be written here (a fork's pull request); null where one can. */
  readonly readOnlyReason: string | null;
  /** The pull request that the thread is; null on an issue, and where another base was named. */
  readonly pull: PullRequest | null;
}

/** Reads GitHub and the repository for one run. Never writes. Refusals and outages come back as outcomes. */
export interface Reader {
  /** Live, by the account's id; any doubt is `none`. */
  permissionOf(person: Person): Promise<Permission>;
  /** `branch`: a base branch by its name; null for the thread's own, or for that of another pull request. */
  base(branch: string | null, pull?: number): Promise<StepResult<Base>>;
  /** A read-only view of the repository at a commit that `base` has named. */
  workspaceAt(commit: string): Promise<Workspace>;
  /** The thread's messages, oldest first. */
  transcript(): Promise<readonly ThreadMessage[]>;
  /** What was said about lines of a pull request; empty where the server speaks REST only. */
  reviewThreads(): Promise<readonly ReviewThread[]>;
}

/** Reads what work on a pull request stands on beside its thread. Never writes. */
export interface FollowUps {
  /** What the pull request's own diff shows of these files; files that it does not show are left out. */
  shownFiles(paths: readonly string[]): Promise<readonly ShownFile[]>;
  /** The comments on lines that were submitted with a review. */
  remarksOf(review: number): Promise<readonly Remark[]>;
  /** The checks that fail at a commit, and whether they do at the other; Conductor's own are left out. */
  failingChecks(head: string, base: string): Promise<readonly FailingCheck[]>;
  /** Who made the pull request's commits, oldest first: of all that GitHub lists, which is 250. */
  commits(): Promise<readonly PullCommit[]>;
}

/** A comment on a line of a pull request. */
export interface Remark {
  readonly path: string;
  /** As the reviewer saw it; null where the comment is on the whole file. */
  readonly line: number | null;
  readonly body: string;
}

/** A change that policy let through, with everything that its publication is named by. */
export interface ApprovedChange {
  readonly run: RunId;
  readonly request: CommandRequest;
  readonly base: Base;
  readonly files: readonly FileChange[];
  readonly summary: string;
  readonly judgement: Judgement;
  /** What it takes back; null: it is a change of its own. */
  readonly undoes: Undone | null;
  readonly circumstances: Circumstances;
}

/**
 * The only writer. Every method may be repeated: it finds what it wrote before by a name derived from the run id,
 * adopts it, and never overwrites what is not its own.
 */
export interface Publisher {
  /** The run's one status comment, created or edited; also while it waits for its turn. */
  status(view: RunView): Promise<Written>;
  /** A comment of its own, which notifies: only where a person must act. */
  notice(view: RunView): Promise<Written>;
  /** Branch, commit and pull request; or, on a pull request of Conductor's own, one more commit on its branch. */
  publish(change: ApprovedChange, view: RunView): Promise<StepResult<Published>>;
  /** One review with these suggestions on lines of `commit`, the pull request's head. Null: GitHub does not take it. */
  suggest(commit: string, suggestions: readonly Suggestion[], view: RunView): Promise<Written | null>;
  /** Has a pull request merge by itself once GitHub lets it. Where GitHub refuses, that is told, and ends nothing. */
  mergeWhenReady(number: number): Promise<readonly Effect[]>;
  /**
   * How a pull request of Conductor's own stands: `conductor/policy` on its head, where that does not say so yet, with
   * `conductor/audit` that tells what led to it; ready for review once all approvals are in, and a draft again where they no longer are.
   */
  settle(settled: Settled): Promise<readonly Effect[]>;
  /**
   * What stands at the end: `conductor/policy` and `conductor/audit` on the commit, if there is one, and the last state
   * of the status comment. Check runs that could not be posted are told, and end nothing.
   */
  lastWord(view: RunView): Promise<readonly Effect[]>;
}

/** Where a change stands on GitHub. */
export interface Published {
  readonly pullRequest: number;
  readonly writes: readonly Written[];
}

/** Opens a configured model; a missing key or an unknown provider is an outcome. */
export interface Models {
  open(config: Config, name: string, trusted: Workspace): Promise<StepResult<Model>>;
}

export interface Clock {
  now(): Date;
  /** Aborted after so many milliseconds; `cancel` lets go of the timer. */
  deadline(milliseconds: number): { readonly signal: AbortSignal; cancel(): void };
}

/** Where run events go. Appending the same run and sequence twice keeps the first. */
export interface Journal {
  /** What an earlier, interrupted execution of this run has recorded already, in order. */
  readonly recorded: readonly RunEvent[];
  append(event: RunEvent): Promise<void>;
  /** Where the ledger that retells these events stands; null: there is none. */
  anchor(): Promise<Anchor | null>;
}

/** Runs a named piece of work so that a durable runner can remember its result: JSON in, JSON out, once. */
export interface Steps {
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** Why a run must end before it is through. */
export interface Stop {
  /** `stopped`, `deadline`, `thread_ended`, `comment_deleted`, `installation_removed`. */
  readonly code: string;
  /** Whose doing it is: a login, or empty. */
  readonly by: string;
  /** GitHub would not take a last word any more. */
  readonly silent: boolean;
}

/** How a run learns that it must not go on. */
export interface Control {
  /** Aborted as soon as this process knows of a stop: ends model calls and waits that are under way. */
  readonly signal: AbortSignal;
  /** The stop as it is stored; null: go on. Throws ExecutionLost when another process executes this run now. */
  stop(): Promise<Stop | null>;
}

/**
 * This process has lost the run: another one executes it now, or the journal is closed. It must neither write nor
 * record anything more for it; whoever holds the run goes on.
 */
export class ExecutionLost extends Error {
  constructor(cause: unknown) {
    super('The run is executed elsewhere, or its journal is closed.', { cause });
    this.name = 'ExecutionLost';
  }
}

/** What the host asks of every run, beside what the repository's config says. */
export interface HostSettings {
  readonly configPath: string;
  readonly branchPrefix: string;
  readonly baseBranch: string | null;
  readonly agent: string | null;
  readonly model: string | null;
  readonly maxCostUsd: number | null;
  readonly maxTurns: number | null;
  /** Another process may execute this same run at the same time, and nothing but GitHub stands between them. */
  readonly rivals: boolean;
  /** Judge and show, write nothing but the status comment. */
  readonly dryRun: boolean;
  /** Milliseconds between two edits of a status comment. */
  readonly statusEveryMs: number;
  /** Milliseconds before each repetition of a step, or of a model call, that failed in a way that may pass. */
  readonly retryAfterMs: readonly number[];
}

/**
 * Where the job that thinks and the job that writes are two. `give`: the thought leaves, as text. `take`: it comes in,
 * as text that anybody may have written; a file that is no use is an outcome.
 */
export type HandOver =
  | { readonly part: 'think'; give(text: string): Promise<void> }
  | { readonly part: 'write'; take(): Promise<StepResult<string>> };

/** Everything that a run needs from outside. */
export interface RunPorts {
  readonly reader: Reader;
  readonly ownPulls: OwnPulls;
  readonly approvals: Approvals;
  readonly publisher: Publisher;
  readonly followUps: FollowUps;
  readonly models: Models;
  /** For agents whose profile names a coding CLI. */
  readonly cli: CliAgent;
  readonly health: ModelHealth;
  readonly spending: Spending;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly steps: Steps;
  readonly control: Control;
  /** Null where one job does all of it. */
  readonly handOver: HandOver | null;
  /** Null where nothing is known of other runs. */
  readonly threadRuns: ThreadRuns | null;
  readonly recheckAt: RecheckAt;
  /** Why the run was turned down before it began; null: it may begin. */
  readonly turnedDown: Outcome | null;
  readonly settings: HostSettings;
  /** Letters and digits that nobody can guess, other ones each time. */
  readonly delimiter: () => string;
  /** Told of what is not on record: a step that failed and is done again; `step` null: what was thrown and ends the run. */
  readonly trouble?: (step: string | null, error: unknown) => void;
  /** Whether any of the texts holds a secret of this process, in whatever form. */
  readonly holdsSecret: (texts: readonly string[]) => boolean;
}
