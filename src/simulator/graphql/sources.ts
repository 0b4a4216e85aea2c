import type { FileDiff } from '../git/diff.ts';
import { type Commit, readCommit } from '../git/objects.ts';
import type { Ref } from '../git/refs.ts';
import {
  type Account,
  type App,
  type CheckRun,
  type CheckSuite,
  type Comment,
  type CommitStatus,
  isPull,
  type Label,
  type PullThread,
  type Reaction,
  type Repository,
  type Review,
  type ReviewComment,
  type Thread,
} from '../state.ts';
import { once } from './view.ts';

/**
 * What stands behind each object of an answer: its type, and where in the world it is. Plain data, so that
 * types may lead to each other in circles and files need not.
 */
export interface RepositorySource {
  readonly __typename: 'Repository';
  readonly repository: Repository;
}
export interface AccountSource {
  readonly __typename: Account['type'];
  readonly account: Account;
}
export interface LabelSource {
  readonly __typename: 'Label';
  readonly repository: Repository;
  readonly label: Label;
}
export interface ThreadSource {
  readonly __typename: 'Issue' | 'PullRequest';
  readonly repository: Repository;
  readonly thread: Thread;
}
export interface PullSource extends ThreadSource {
  readonly __typename: 'PullRequest';
  readonly thread: PullThread;
}
export interface CommentSource {
  readonly __typename: 'IssueComment';
  readonly repository: Repository;
  readonly thread: Thread;
  readonly comment: Comment;
}
export interface ReviewSource {
  readonly __typename: 'PullRequestReview';
  readonly repository: Repository;
  readonly thread: PullThread;
  readonly review: Review;
}
/** A comment on lines and the answers to it: GitHub's review thread, known by its first comment. */
export interface DiscussionSource {
  readonly __typename: 'PullRequestReviewThread';
  readonly repository: Repository;
  readonly thread: PullThread;
  readonly comment: ReviewComment;
}
export interface ReviewCommentSource {
  readonly __typename: 'PullRequestReviewComment';
  readonly repository: Repository;
  readonly thread: PullThread;
  readonly comment: ReviewComment;
}
export type ReactableSource = ThreadSource | CommentSource | ReviewCommentSource;
export interface ReactionSource {
  readonly __typename: 'Reaction';
  readonly subject: ReactableSource;
  readonly reaction: Reaction;
}
export interface RefSource {
  readonly __typename: 'Ref';
  readonly repository: Repository;
  readonly ref: Ref;
}
export interface ObjectSource {
  readonly __typename: 'Tree' | 'Blob' | 'Tag';
  readonly repository: Repository;
  readonly sha: string;
}
export interface CommitSource {
  readonly __typename: 'Commit';
  readonly repository: Repository;
  readonly sha: string;
  readonly commit: () => Promise<Commit>;
}
export interface FileSource {
  readonly __typename: 'PullRequestChangedFile';
  readonly file: FileDiff;
}
export interface AppSource {
  readonly __typename: 'App';
  readonly app: App;
}
export interface CheckSuiteSource {
  readonly __typename: 'CheckSuite';
  readonly repository: Repository;
  readonly suite: CheckSuite;
}
export interface CheckRunSource {
  readonly __typename: 'CheckRun';
  readonly repository: Repository;
  readonly run: CheckRun;
}
export interface StatusSource {
  readonly __typename: 'StatusContext';
  readonly repository: Repository;
  readonly status: CommitStatus;
}

/** What a node id can lead to. */
export type NodeSource =
  | RepositorySource
  | AccountSource
  | LabelSource
  | ThreadSource
  | CommentSource
  | ReviewSource
  | DiscussionSource
  | ReviewCommentSource
  | RefSource
  | ObjectSource
  | CommitSource
  | AppSource
  | ReactionSource
  | CheckSuiteSource
  | CheckRunSource
  | StatusSource;

export function repositorySource(repository: Repository): RepositorySource {
  return { __typename: 'Repository', repository };
}

export function accountSource(account: Account): AccountSource {
  return { __typename: account.type, account };
}

/** Some fields of GitHub's schema are typed as people, whoever stands there. */
export function userSource(account: Account): AccountSource {
  return { __typename: 'User', account };
}

export function labelSource(repository: Repository, label: Label): LabelSource {
  return { __typename: 'Label', repository, label };
}

export function threadSource(repository: Repository, thread: Thread): ThreadSource {
  return { __typename: isPull(thread) ? 'PullRequest' : 'Issue', repository, thread };
}

export function pullSource(repository: Repository, thread: PullThread): PullSource {
  return { __typename: 'PullRequest', repository, thread };
}

export function commentSource(repository: Repository, thread: Thread, comment: Comment): CommentSource {
  return { __typename: 'IssueComment', repository, thread, comment };
}

export function reviewSource(repository: Repository, thread: PullThread, review: Review): ReviewSource {
  return { __typename: 'PullRequestReview', repository, thread, review };
}

export function discussionSource(
  repository: Repository,
  thread: PullThread,
  comment: ReviewComment,
): DiscussionSource {
  return { __typename: 'PullRequestReviewThread', repository, thread, comment };
}

export function reviewCommentSource(
  repository: Repository,
  thread: PullThread,
  comment: ReviewComment,
): ReviewCommentSource {
  return { __typename: 'PullRequestReviewComment', repository, thread, comment };
}

export function refSource(repository: Repository, ref: Ref): RefSource {
  return { __typename: 'Ref', repository, ref };
}

export function commitSource(repository: Repository, sha: string): CommitSource {
  return { __typename: 'Commit', repository, sha, commit: once(() => readCommit(repository.directory, sha)) };
}

const OBJECT_TYPES = { tree: 'Tree', blob: 'Blob', tag: 'Tag' } as const;

export function objectSource(
  repository: Repository,
  { sha, type }: { readonly sha: string; readonly type: 'commit' | 'tree' | 'blob' | 'tag' },
): ObjectSource | CommitSource {
  if (type === 'commit') return commitSource(repository, sha);
  return { __typename: OBJECT_TYPES[type], repository, sha };
}

export function suiteSource(repository: Repository, suite: CheckSuite): CheckSuiteSource {
  return { __typename: 'CheckSuite', repository, suite };
}

export function runSource(repository: Repository, run: CheckRun): CheckRunSource {
  return { __typename: 'CheckRun', repository, run };
}
