import type { Cause } from '../commands/request.ts';
import type { Standing } from '../policy/standing.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { Outcome } from './outcome.ts';
import type { RunId } from './run-id.ts';

/** What stands for one changed file in the record: sizes, never its text. */
export interface ChangedFile {
  readonly path: string;
  readonly op: 'create' | 'modify' | 'delete' | 'rename';
  readonly from: string | null;
  readonly added: number;
  readonly removed: number;
}

export type WrittenThing =
  | 'reaction'
  | 'comment'
  | 'branch'
  | 'commit'
  | 'pull_request'
  | 'review'
  | 'auto_merge'
  | 'check_run';

/** A write on GitHub and how it came out. `adopted`: it stood there already from this run, and was kept. */
export interface Written {
  readonly thing: WrittenThing;
  readonly how: 'created' | 'adopted' | 'updated' | 'unchanged';
  /** What people call it: a branch's name, a commit's hash, a check's name, `#12`. */
  readonly name: string;
  readonly url: string | null;
}

/** What an undo takes back: all that a merged pull request brought, or `commit` on the branch of an open one. */
export interface Undone {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly commit: string | null;
}

/** What became of a write. */
export type Effect =
  | { readonly kind: 'written'; readonly written: Written }
  | {
      readonly kind: 'effect_failed';
      readonly thing: WrittenThing;
      readonly code: string;
      readonly message: string;
    };

/** A yes or no that somebody gave with a button. */
export interface Pressed {
  readonly says: 'approve' | 'deny';
  readonly digest: string;
  readonly by: { readonly id: number; readonly login: string };
  readonly at: string;
}

/** A place of a ledger's chain: all rows up to `sequence` hash to `hash`, in hex. */
export interface Anchor {
  readonly sequence: number;
  readonly hash: string;
  /** Where people find the rows; absent: with whoever runs Conductor. */
  readonly url?: string;
}

/** What happened in a run. Audit, status comment, logs and metrics are folds of the list of these. */
export type RunFact =
  | {
      readonly kind: 'run_queued';
      /** Runs of the same thread that come first. */
      readonly ahead: number;
      readonly asker: string;
      readonly askingUrl: string;
    }
  | {
      readonly kind: 'run_started';
      readonly asker: string;
      readonly thread: number;
      readonly verb: string | null;
      /** Absent: a mention. */
      readonly cause?: Cause;
      readonly askedAt: string;
      readonly askingUrl: string;
      readonly asked: string;
    }
  | {
      readonly kind: 'facts_gathered';
      readonly base: string;
      readonly baseBranch: string;
      readonly permission: string;
      readonly configDigest: string | null;
      /** The base branch that the pull request of Conductor's own, which the thread is, does not merge with. */
      readonly conflictsWith?: string | null;
      /** The head of the pull request that follows its base. */
      readonly follows?: string;
      /** For how many days the repository's config has its record kept, and what was asked. */
      readonly kept: { readonly recordDays: number; readonly promptDays: number };
      /** Hosts that agents' words may link to. */
      readonly linkHosts?: readonly string[];
    }
  /** Checks fail at the pull request's head. `repair`: this run is that repair, of so many; null: none is made. */
  | {
      readonly kind: 'checks_failed';
      readonly head: string;
      readonly checks: readonly string[];
      readonly repair: number | null;
      readonly of: number;
    }
  | {
      readonly kind: 'command_accepted';
      readonly agent: string;
      readonly title: string;
      readonly model: string;
      /** The coding CLI that does its work; null: Conductor's own loop of tools. */
      readonly runner: string | null;
      readonly mayEdit: boolean;
      readonly budgetUsd: number | null;
      readonly timeoutMinutes: number;
    }
  /** What agents are told before their first turn: `sha256:` of it, and its size by estimate. */
  | { readonly kind: 'context_packed'; readonly digest: string; readonly tokens: number }
  /** Edited after the request was made: agents are not told. */
  | { readonly kind: 'context_left_out'; readonly items: readonly string[] }
  | {
      readonly kind: 'model_called';
      readonly agent: string;
      readonly model: string;
      readonly promptDigest: string;
      /** All that was sent, cached or not. */
      readonly inputTokens: number;
      /** Of them, those that the vendor had seen before. */
      readonly cachedTokens: number;
      readonly outputTokens: number;
      /** null: the model has no known price. */
      readonly costUsd: number | null;
      /** Where its price is from. */
      readonly priceSource: string | null;
      /** Milliseconds from the question to its answer, whole. 0: nobody was asked, or it was not measured. */
      readonly ms: number;
      readonly failure: string | null;
    }
  /** `from` did not answer, or could not be asked, for the reason `code`: `to` is asked instead. */
  | {
      readonly kind: 'model_fell_back';
      readonly agent: string;
      readonly from: string;
      readonly to: string;
      readonly code: string;
    }
  | {
      readonly kind: 'tool_used';
      readonly agent: string;
      readonly tool: string;
      readonly target: string;
      readonly ok: boolean;
    }
  | {
      readonly kind: 'change_proposed';
      readonly digest: string;
      readonly summary: string;
      readonly files: readonly ChangedFile[];
    }
  | { readonly kind: 'verdict_reached'; readonly verdict: Verdict }
  /** An agent asked for an approval in the middle of its work; `by`: the account that asked for that. */
  | { readonly kind: 'approval_asked'; readonly name: string; readonly by: number }
  /** What people said of a pull request's change was weighed. `pressed`: a button, which stands nowhere else. */
  | { readonly kind: 'approvals_weighed'; readonly standing: Standing; readonly pressed: Pressed | null }
  | Effect
  /** What the thread and the repository's day have cost with this run, in US dollars; calls under way at their worst. */
  | { readonly kind: 'money_counted'; readonly threadUsd: number; readonly dayUsd: number }
  | { readonly kind: 'run_ended'; readonly outcome: Outcome }
  /** Where the ledger's chain stood when the run's last word was said: shown there, it is known outside. */
  | ({ readonly kind: 'anchored' } & Anchor)
  /** The thread's session, whose last run this was, has been idle for so long. */
  | { readonly kind: 'session_archived'; readonly idleMinutes: number };

/** A fact with its place in the run: `sequence` counts from 0 without gaps; `at` is ISO 8601 in UTC. */
export interface RunEvent {
  readonly run: RunId;
  readonly sequence: number;
  readonly at: string;
  readonly fact: RunFact;
}
