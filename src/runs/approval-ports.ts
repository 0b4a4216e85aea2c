import type { Person } from '../commands/request.ts';
import type { Asker, Circumstances } from '../policy/facts.ts';
import type { Standing } from '../policy/standing.ts';
import type { Judgement, Verdict } from '../policy/verdict.ts';
import type { Anchor } from './run-events.ts';

type Permission = Asker['permission'];

/** A text of a pull request's thread, or a review of it, as it stands now. */
export interface SaidWord {
  readonly kind: 'comment' | 'review';
  /** Null: the account is gone. */
  readonly author: Person | null;
  readonly body: string;
  readonly url: string;
  /** When it was said, ISO 8601. */
  readonly at: string;
  /** Conductor wrote it, and nobody else can write in its name here. */
  readonly own: boolean;
  readonly edited: boolean;
  /** The commit that a review looked at. */
  readonly commit: string | null;
  /** GitHub's word for a review's state: `APPROVED`, `CHANGES_REQUESTED`, `DISMISSED`, … */
  readonly state: string | null;
}

/** A `conductor/policy` check run of Conductor's own: that it asked for an approval of this digest at that moment. */
export interface PolicyCheck {
  readonly at: string;
  readonly conclusion: string;
  readonly digest: string | null;
  /** Null: it does not say. */
  readonly verdict: Judgement | null;
  readonly text: string;
}

/** A commit that somebody else than Conductor brought. An empty login, or time: it can't be told. */
export interface Pushed {
  readonly login: string;
  readonly at: string;
}

/** Everything on GitHub that an approval stands on. */
export interface ApprovalGround {
  readonly head: string;
  readonly headBranch: string;
  readonly baseBranch: string;
  readonly open: boolean;
  readonly draft: boolean;
  /** It merges by itself once GitHub lets it. */
  readonly autoMerge: boolean;
  /** GraphQL's id of the pull request. */
  readonly nodeId: string;
  /** The word that people mention. */
  readonly trigger: string;
  readonly body: string;
  readonly said: readonly SaidWord[];
  /** On the head commit, oldest first. */
  readonly checks: readonly PolicyCheck[];
  /** As many as GitHub lists, oldest first, as full hashes. */
  readonly commits: readonly string[];
  /** Who brought the head commit, where that was not Conductor; null: Conductor. */
  readonly pushed: Pushed | null;
  /** Accounts that asked for, wrote or pushed any commit of it. */
  readonly contributors: readonly number[];
  /** The run that made the head commit, or that commit itself. */
  readonly change: string;
  /** Of each commit of Conductor's own: who asked for it, if that can be told, and what it came about under. */
  readonly origins: readonly { readonly asker: Person | null; readonly circumstances: Circumstances }[];
  /** False: there are more commits than GitHub lists, so that who wrote them can't be told. */
  readonly readable: boolean;
  /** Other open pull requests with the same head commit: a check there counts for both. */
  readonly sharedWith: readonly number[];
}

/** Reads what approvals stand on, live. Never writes. */
export interface Approvals {
  of(number: number): Promise<ApprovalGround>;
  /** Conductor's own policy checks on a commit, oldest first. */
  checksOn(commit: string): Promise<readonly PolicyCheck[]>;
  /** By the account's id, asked of GitHub each time; any doubt is `none`. */
  permissionOf(person: Person): Promise<Permission>;
  /** `organisation/team`. Any doubt is no. */
  isInTeam(team: string, person: Person): Promise<boolean>;
}

/**
 * Has the run's pull request judged again at a time, ISO 8601, instead of any that was set before; null: at none. Where
 * nothing outlives the process, nobody does.
 */
export type RecheckAt = (at: string | null) => Promise<void>;

/** A pull request of Conductor's own as its policy check is to tell it. */
export interface Settled {
  readonly ground: ApprovalGround;
  readonly verdict: Verdict;
  readonly standing: Standing;
  /** When what led to this began, ISO 8601. */
  readonly at: string;
  /** Where the ledger stood then; null: none is kept. */
  readonly anchor: Anchor | null;
}
