import type { FileChange } from '../changes/file-change.ts';
import type { StepResult } from './outcome.ts';
import type { RunId } from './run-id.ts';

/** A pull request as it stands now. */
export interface PullRequest {
  readonly number: number;
  /** The commit that its branch points to, as a full hash. */
  readonly head: string;
  readonly headBranch: string;
  readonly baseBranch: string;
  /** Conductor opened it from a branch of its own: what is asked in it lands on that branch. */
  readonly own: boolean;
  /** GitHub says that its change and its base branch do not go together. */
  readonly conflicts: boolean;
}

/** A pull request with what undoing it, or following its base, must know. */
export interface KnownPull extends PullRequest {
  readonly title: string;
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** Conflict-free, and up to date where the base asks for that; null: GitHub has not worked it out yet. */
  readonly merges: boolean | null;
  readonly mergeCommit: string | null;
}

/** Two commits; what changed between them. */
export interface Span {
  readonly from: string;
  readonly to: string;
}

/** Conductor's own pull requests, for what git alone can propose about them. Never writes. */
export interface OwnPulls {
  /** Any pull request of the repository; null when there is none of that number. */
  find(number: number): Promise<KnownPull | null>;
  /** The newest of Conductor's own whose branch belongs to a thread, among the newest hundred; null: none. */
  newestOf(thread: number): Promise<number | null>;
  /** The pull request, open or merged, by which another run than `run` undid this one; null: none. */
  undoing(
    number: number,
    run: RunId,
  ): Promise<{ readonly number: number; readonly isMerged: boolean } | null>;
  /** What the merge of a pull request brought to its base; null: that can't be told. */
  broughtBy(pull: KnownPull): Promise<Span | null>;
  /** Conductor's last commit on the branch, merges aside, and which one that took back; null: there is none. */
  lastCommit(pull: KnownPull): Promise<(Span & { readonly undoes: string | null }) | null>;
  /** Where two commits part: the newest that both have behind them. */
  partedAt(base: string, head: string): Promise<string>;
  /** What changed between two commits, told from their trees. Binary and too large files are refused. */
  changesBetween(from: string, to: string): Promise<StepResult<readonly FileChange[]>>;
}
