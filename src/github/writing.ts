import type { CommandRequest } from '../commands/request.ts';
import type { Client } from './client.ts';
import type { Comments, Identity } from './comments.ts';
import type { RepositorySource } from './repository.ts';

/** The repository's own page. */
export function webAddress({ thread }: CommandRequest): string {
  return thread.url.replace(/\/(issues|pull)\/\d+$/, '');
}

/** Everything that the writers of one run share. */
export interface Writing {
  readonly request: CommandRequest;
  readonly client: Client;
  readonly source: RepositorySource;
  readonly comments: Comments;
  readonly identity: Identity;
  /** The word that people mention. */
  readonly trigger: string;
}
