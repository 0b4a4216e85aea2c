import type { CommandRequest } from '../commands/request.ts';
import type { Client } from './client.ts';
import type { Comments } from './comments.ts';
import type { Place } from './place.ts';
import type { RepositorySource } from './repository.ts';
import type { Thread } from './thread.ts';
import type { Identity } from './thread-comments.ts';

/** The repository's own page. */
export function webAddress({ thread }: CommandRequest): string {
  return thread.url.replace(/\/(issues|pull)\/\d+$/, '');
}

/** Everything that the writers of one run share. */
export interface Writing {
  readonly request: CommandRequest;
  /** Looks, and may write nothing. */
  readonly read: Client;
  /** Writes words: comments, reactions, check runs. Only where a change is published may it push, too. */
  readonly client: Client;
  readonly source: RepositorySource;
  readonly thread: Thread;
  readonly place: Place;
  readonly comments: Comments;
  readonly identity: Identity;
  /** The branch that this run makes, where it makes one. */
  readonly branch: string;
  readonly branchPrefix: string;
  /** The word that people mention. */
  readonly trigger: string;
  /** Another process may execute this same run at the same time. */
  readonly rivals: boolean;
}
