import type { RepositoryRef } from '../commands/request.ts';
import { type Client, type ClientOptions, createClient } from '../github/client.ts';
import type { RepositorySource } from '../github/repository.ts';
import type { Mask } from '../messages/mask.ts';

/** How a host reaches one repository: with which tokens, as whom, and where its commits are read. */
export interface Connection {
  readonly apiUrl: string;
  /** Where GraphQL is; null: beside the API root. */
  readonly graphqlUrl: string | null;
  /** The login that the tokens write as, `name[bot]`. */
  readonly self: string;
  readonly readToken: () => Promise<string>;
  /** Comments, reacts and posts check runs. It can't push. */
  readonly wordToken: () => Promise<string>;
  /** Writes contents, too. Nobody asks for it before policy has let a change through. */
  readonly pushToken: () => Promise<string>;
  /** Reads the logs of Actions jobs, which an App may not have been allowed. */
  readonly logToken: () => Promise<string>;
  /** Reads who is in a team of the organisation, which an App may not have been allowed either. */
  readonly memberToken: () => Promise<string>;
  readonly source: RepositorySource;
  /** Whose limits writes count against, and are spaced for; null against a simulator. */
  readonly paceAs: string | null;
  /** What leaves through this connection has no secrets of this process. */
  readonly mask: Mask;
  /** Told of each of GitHub's answers. */
  readonly heard?: ClientOptions['heard'];
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

/** One client for each kind of work. Those that most runs do without are made when they are wanted. */
export function clientsOf({
  apiUrl: baseUrl,
  graphqlUrl,
  paceAs,
  mask,
  heard,
  readToken,
  wordToken,
  logToken,
  memberToken,
}: ClientConnection) {
  const reach = { baseUrl, graphqlUrl, paceAs, mask, heard };
  return {
    read: createClient({ ...reach, token: readToken }),
    words: createClient({ ...reach, token: wordToken }),
    logs: () => createClient({ ...reach, token: logToken }),
    members: () => createClient({ ...reach, token: memberToken }),
  };
}

/** What clients of a connection are made from. */
export type ClientConnection = Pick<
  Connection,
  | 'apiUrl'
  | 'graphqlUrl'
  | 'paceAs'
  | 'mask'
  | 'heard'
  | 'readToken'
  | 'wordToken'
  | 'logToken'
  | 'memberToken'
>;

/** The client of one run that may push. Its token is minted with its first request. */
export function pushClient({
  apiUrl: baseUrl,
  graphqlUrl,
  paceAs,
  mask,
  heard,
  pushToken,
}: Pick<Connection, 'apiUrl' | 'graphqlUrl' | 'paceAs' | 'mask' | 'heard' | 'pushToken'>): Client {
  return createClient({ baseUrl, graphqlUrl, paceAs, mask, heard, token: pushToken });
}
