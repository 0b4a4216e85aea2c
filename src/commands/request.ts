import type { Command } from './command.ts';

/** A repository as every event payload names it. Keyed by `id`: owner and name may change while a run is on its way. */
export interface RepositoryRef {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
}

/** A GitHub account. Authority is looked up by `id`, never by `login`. */
export interface Person {
  readonly id: number;
  readonly login: string;
  /** True for Apps, for accounts that GitHub marks as `Bot`, and for what an App wrote in a person's name. */
  readonly isBot: boolean;
}

/** One issue or pull request as it stood when the event was sent. */
export interface ThreadSnapshot {
  readonly number: number;
  readonly kind: 'issue' | 'pull_request';
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly url: string;
  readonly closed: boolean;
  readonly locked: boolean;
  /** The names of its labels; absent where the event does not tell them. */
  readonly labels?: readonly string[];
}

/** The text that asked, and where it stands. */
export interface AskingText {
  /** `checks`: no text of anybody's; the checks of a pull request's head ask by failing. */
  readonly kind: 'issue' | 'issue_comment' | 'review' | 'review_comment' | 'checks';
  readonly id: number;
  readonly nodeId: string;
  readonly url: string;
  readonly body: string;
  readonly createdAt: string;
  /** The review that a comment on lines was submitted with. */
  readonly reviewId?: number;
}

/**
 * What started a run. Only a mention is somebody's own words to Conductor; some of the others need the config's consent.
 * `approving_review` and `button`: somebody says yes or no, without words. `recheck`: something happened that may void
 * an approval, and what stands is judged again; nobody asks for anything.
 */
export type Cause =
  | 'mention'
  | 'changes_requested'
  | 'failing_checks'
  | 'base_moved'
  | 'approving_review'
  | 'button'
  | 'recheck';

/**
 * A new text that may hold a command: who wrote what, where, all taken from the event's payload. Nobody has read the
 * text yet. Plain JSON, so that it can be stored before anything else is done.
 */
export interface AskingEvent {
  readonly action: string;
  readonly installationId: number | null;
  readonly repository: RepositoryRef;
  readonly thread: ThreadSnapshot;
  readonly asker: Person;
  readonly asking: AskingText;
  /** Absent: a mention. */
  readonly cause?: Cause;
  /** The commit that the event is about, and its branch, where it is about one; of a recheck the head before it. */
  readonly head?: { readonly ref: string; readonly sha: string };
  /** What told of it: GitHub's name for the delivery, null where none came, and the event's name with its action. */
  readonly told?: { readonly delivery: string | null; readonly event: string };
}

/** An asking event whose text was read as a command. The agent sees these texts, not a later edit of them. */
export interface CommandRequest extends AskingEvent {
  readonly command: Command;
  /** A `/verb` that does not exist, as it was written; null otherwise. */
  readonly unknownVerb: string | null;
}

/** A pull request of which an event tells the number; the rest is looked up where it is Conductor's own. */
export function pullNumbered(number: number) {
  const unknown = { title: '', body: '', author: '', url: '', closed: false, locked: false };
  return { number, kind: 'pull_request' as const, ...unknown };
}
