import type { RepositoryRef } from '../commands/request.ts';
import { createClient } from '../github/client.ts';
import type { RepositorySource } from '../github/repository.ts';
import type { Mask } from '../messages/mask.ts';

/** How a host reaches one repository: with which tokens, as whom, and where its commits are read. */
export interface Connection {
  readonly apiUrl: string;
  /** Where GraphQL is; null: beside the API root. */
  readonly graphqlUrl: string | null;
  /** The login that the write token writes as, `name[bot]`. */
  readonly self: string;
  readonly readToken: () => Promise<string>;
  readonly writeToken: () => Promise<string>;
  /** Reads the logs of Actions jobs, which an App may not have been allowed. */
  readonly logToken: () => Promise<string>;
  readonly source: RepositorySource;
  /** Whose limits writes count against, and are spaced for; null against a simulator. */
  readonly paceAs: string | null;
  /** What leaves through this connection has no secrets of this process. */
  readonly mask: Mask;
}

/** Opens the connection to the repository that an event came from. */
export type Connect = (repository: RepositoryRef, installationId: number | null) => Promise<Connection>;

/** Where git clones from, for GitHub itself, for a GitHub Enterprise Server, and for a local simulator. */
export function cloneUrlOf(apiUrl: string, repository: RepositoryRef): string {
  const url = new URL(apiUrl);
  const root =
    url.hostname === 'api.github.com'
      ? 'https://github.com'
      : `${url.origin}${url.pathname.replace(/\/api\/v3\/?$/, '').replace(/\/$/, '')}`;
  return `${root}/${repository.owner}/${repository.name}.git`;
}

/** One client to read with, one to write with, and one for logs where one is wanted. */
export function clientsOf({
  apiUrl: baseUrl,
  graphqlUrl,
  paceAs,
  mask,
  readToken,
  writeToken,
  logToken,
}: Omit<Connection, 'self' | 'source'>) {
  const client = (token: () => Promise<string>) => createClient({ baseUrl, graphqlUrl, paceAs, mask, token });
  return {
    read: client(readToken),
    write: client(writeToken),
    logs: () => client(logToken),
  };
}
