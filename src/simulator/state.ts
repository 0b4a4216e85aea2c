import type { Archives } from './archives.ts';
import type { Ids } from './ids.ts';

/** What a person may do in a repository, weakest first. */
export const ROLES = ['none', 'read', 'triage', 'write', 'maintain', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Permissions of an App, an installation token or a job token: `{ issues: 'write' }`. */
export type Permissions = Readonly<Record<string, 'read' | 'write' | 'admin'>>;

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly name: string | null;
  readonly type: 'User' | 'Organization' | 'Bot';
  /** An organization's members by lower-case login; empty for people. */
  readonly members: Map<string, 'admin' | 'member'>;
  readonly teams: Map<string, Team>;
  readonly createdAt: string;
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  /** Lower-case logins. */
  readonly members: Set<string>;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  readonly bot: Account;
  /** PEM. Null for the built-in github-actions App, which signs in by job tokens only. */
  readonly publicKey: string | null;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly hookId: number;
  webhookUrl: string | null;
  readonly webhookSecret: string | null;
  readonly createdAt: string;
}

export interface Installation {
  readonly id: number;
  readonly app: App;
  readonly account: Account;
  /** Every repository of the account, or the ids of the chosen ones. */
  repositories: 'all' | Set<number>;
  /** While it lasts the App can do nothing here, and hears of nothing but its end. */
  suspension: { readonly at: string; readonly by: Account } | null;
  readonly createdAt: string;
  updatedAt: string;
}

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
  merged: { readonly at: string; readonly by: Account } | null;
  mergeCommitSha: string | null;
  requestedReviewers: Account[];
  readonly reviews: Review[];
  readonly reviewComments: ReviewComment[];
  /** The last computed merge, and for which two commits: asking again costs nothing. */
  mergeCache: { readonly key: string; readonly clean: boolean; readonly testMerge: string | null } | null;
  sizeCache: { readonly key: string; readonly size: PullSize } | null;
}

export interface PullSize {
  readonly additions: number;
  readonly deletions: number;
  readonly changedFiles: number;
  readonly commits: number;
}

export interface Review {
  readonly id: number;
  readonly author: Account;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  readonly commitId: string;
  readonly submittedAt: string;
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

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: string;
  readonly title: string | null;
  readonly message: string;
  readonly raw_details: string | null;
}

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  readonly identifier: string;
}

export type CheckConclusion =
  | 'success'
  | 'failure'
  | 'neutral'
  | 'cancelled'
  | 'skipped'
  | 'timed_out'
  | 'action_required';

export interface CheckRun {
  readonly id: number;
  readonly suite: CheckSuite;
  name: string;
  readonly headSha: string;
  externalId: string;
  detailsUrl: string | null;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: CheckConclusion | null;
  startedAt: string;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  readonly annotations: Annotation[];
  actions: readonly CheckAction[];
}

export interface CheckSuite {
  readonly id: number;
  readonly app: App;
  readonly headSha: string;
  readonly headBranch: string | null;
  readonly before: string | null;
  readonly createdAt: string;
  updatedAt: string;
  readonly runs: CheckRun[];
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: Account;
  readonly createdAt: string;
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
  /** The bare git repository on disk. */
  readonly directory: string;
  /** By lower-case login. */
  readonly collaborators: Map<string, Role>;
  readonly threads: Map<number, Thread>;
  readonly deletedIssues: Set<number>;
  readonly labels: Map<string, Label>;
  readonly protections: Map<string, Protection>;
  readonly checkSuites: CheckSuite[];
  readonly statuses: CommitStatus[];
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
  readonly archives: Archives;
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
