import type { Account, App, Installation, Role } from './accounts.ts';
import type { Archive } from './archives.ts';
import type { CheckRun, CheckSuite, CommitStatus, WorkflowRun } from './check-state.ts';
import type { Ids } from './ids.ts';
import type { Tickets } from './tickets.ts';

export * from './accounts.ts';
export * from './check-state.ts';

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
  readonly isDefault: boolean;
}

export const REACTIONS = ['+1', '-1', 'laugh', 'confused', 'heart', 'hooray', 'rocket', 'eyes'] as const;
export type ReactionContent = (typeof REACTIONS)[number];

export interface Reaction {
  readonly id: number;
  readonly author: Account;
  readonly content: ReactionContent;
  readonly createdAt: string;
}

export interface Comment {
  readonly id: number;
  readonly author: Account;
  readonly app: App | null;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
  editedAt: string | null;
  /** Why it is hidden from readers: GraphQL's word, in small letters. Null: it is not. */
  minimized: string | null;
  readonly reactions: Reaction[];
}

/** An issue, or the conversation of a pull request: GitHub numbers both in one sequence. */
export interface Thread {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  stateReason: 'completed' | 'not_planned' | 'reopened' | null;
  readonly author: Account;
  readonly app: App | null;
  labels: Label[];
  assignees: Account[];
  lockReason: string | null;
  locked: boolean;
  readonly createdAt: string;
  updatedAt: string;
  editedAt: string | null;
  closedAt: string | null;
  closedBy: Account | null;
  readonly comments: Comment[];
  readonly reactions: Reaction[];
  readonly pull: Pull | null;
}

export type PullThread = Thread & { readonly pull: Pull };

export interface Pull {
  readonly id: number;
  readonly head: { readonly repository: Repository; readonly ref: string; sha: string };
  base: { readonly ref: string; sha: string };
  draft: boolean;
  maintainerCanModify: boolean;
  /** `before` is where the base stood: what a revert goes back to. */
  merged: { readonly at: string; readonly by: Account; readonly before: string } | null;
  mergeCommitSha: string | null;
  /** It merges by itself once nothing stands in the way. */
  autoMerge: AutoMerge | null;
  requestedReviewers: Account[];
  readonly reviews: Review[];
  readonly reviewComments: ReviewComment[];
  /** Who has resolved which discussion, by the id of its first comment. */
  readonly resolved: Map<number, Account>;
  /** The last computed merge, and for which two commits: asking again costs nothing. */
  mergeCache: { readonly key: string; readonly clean: boolean; readonly testMerge: string | null } | null;
  sizeCache: { readonly key: string; readonly size: PullSize } | null;
}

export interface AutoMerge {
  readonly by: Account;
  readonly at: string;
  readonly method: 'merge' | 'squash' | 'rebase';
  readonly title: string | null;
  readonly text: string | null;
}

export interface PullSize {
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
  readonly commits: number;
}

export type ReviewState = 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';

export interface Review {
  readonly id: number;
  readonly author: Account;
  body: string;
  /** While it is pending, only its author sees it. */
  state: ReviewState;
  readonly commitId: string;
  submittedAt: string;
  /** The comments of a pending review; nobody has heard of them yet. */
  readonly drafts: ReviewComment[];
}

export interface ReviewComment extends Comment {
  readonly reviewId: number | null;
  readonly inReplyTo: number | null;
  readonly path: string;
  readonly subject: 'line' | 'file';
  readonly line: number | null;
  readonly side: 'LEFT' | 'RIGHT';
  readonly startLine: number | null;
  readonly startSide: 'LEFT' | 'RIGHT' | null;
  readonly position: number | null;
  readonly diffHunk: string;
  readonly originalCommitId: string;
}

export interface Protection {
  readonly checks: {
    readonly strict: boolean;
    readonly required: readonly { context: string; appId: number | null }[];
  } | null;
  readonly reviews: { readonly count: number; readonly dismissStale: boolean } | null;
  readonly enforceAdmins: boolean;
  readonly allowForcePushes: boolean;
  readonly allowDeletions: boolean;
}

/** A ref that somebody moved. */
export interface Activity {
  readonly id: number;
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly forced: boolean;
  readonly by: Account;
  readonly at: string;
}

export interface Repository {
  readonly id: number;
  owner: Account;
  name: string;
  fullName: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly parent: Repository | null;
  /** The setting "Allow GitHub Actions to create and approve pull requests". */
  readonly actionsMayPropose: boolean;
  /** The setting "Allow auto-merge". */
  readonly autoMergeAllowed: boolean;
  /** The bare git repository on disk. */
  readonly directory: string;
  /** By lower-case login. */
  readonly collaborators: Map<string, Role>;
  readonly threads: Map<number, Thread>;
  readonly deletedIssues: Set<number>;
  readonly labels: Map<string, Label>;
  readonly protections: Map<string, Protection>;
  readonly checkSuites: CheckSuite[];
  readonly workflowRuns: WorkflowRun[];
  readonly statuses: CommitStatus[];
  /** Every ref that moved, oldest first. */
  readonly activities: Activity[];
  readonly createdAt: string;
  updatedAt: string;
  pushedAt: string;
}

/** Everything the simulated GitHub knows, besides what lies in git. */
export interface World {
  readonly ids: Ids;
  /** The scratch and repository folder; removed when the simulator closes, unless the caller gave it. */
  readonly directory: string;
  readonly now: () => Date;
  /** An address of the API: `api('/repos/acme/web')`. */
  readonly api: (path: string) => string;
  /** An address that a person would open in a browser. */
  readonly web: (path: string) => string;
  readonly accounts: Map<string, Account>;
  readonly apps: Map<number, App>;
  readonly installations: Map<number, Installation>;
  readonly repositories: Map<string, Repository>;
  /** By names that repositories had before; a repository that has the name now comes first. */
  readonly formerNames: Map<string, Repository>;
  readonly archives: Tickets<Archive>;
  readonly jobLogs: Tickets<string>;
  /** The ids of commits that GitHub made for somebody, and signed. */
  readonly signedCommits: Set<string>;
  /** The App that job tokens act through. */
  readonly actionsApp: App;
}

/** The world's time as GitHub writes it: whole seconds, UTC. */
export function timestamp(world: Pick<World, 'now'>): string {
  return `${world.now().toISOString().slice(0, 19)}Z`;
}

export function isPull(thread: Thread): thread is PullThread {
  return thread.pull !== null;
}

/** The number the next issue or pull request of this repository gets; that of a deleted one stays taken. */
export function nextNumber({ threads, deletedIssues }: Repository): number {
  return threads.size + deletedIssues.size + 1;
}

/** All check runs of a repository, oldest first. */
export function checkRunsOf(repository: Repository): CheckRun[] {
  return repository.checkSuites.flatMap((suite) => suite.runs).sort((a, b) => a.id - b.id);
}
