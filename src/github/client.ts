import { throttling } from '@octokit/plugin-throttling';
import { RequestError } from '@octokit/request-error';
import { Octokit } from '@octokit/rest';
import type { Mask } from '../messages/mask.ts';
import { maskRequest } from './leaving.ts';

const PacedOctokit = Octokit.plugin(throttling);

export type Client = InstanceType<typeof PacedOctokit>;

/** Clients whose server was found to speak no GraphQL. */
export const withoutGraphql = new WeakSet<Client>();

/** How a client reaches GitHub. */
export interface ClientOptions {
  /** The API root; no path is added. */
  readonly baseUrl: string;
  /** Where GraphQL is; null: beside the API root, as GitHub and GitHub Enterprise Server have it. */
  readonly graphqlUrl: string | null;
  /** Asked before every request, so that a token that is about to expire is replaced in the middle of a run. */
  readonly token: () => Promise<string>;
  /** Whose limits the writes count against: they are spaced together, as GitHub's documentation asks. Null: not at all. */
  readonly paceAs: string | null;
  /** What every request passes before it leaves. */
  readonly mask: Mask;
  /** Told of each answer, also of those that refuse. */
  readonly heard?: ((answer: GitHubAnswer) => void) | undefined;
}

/** What an answer says beside what was asked. */
export interface GitHubAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

const LONGEST_WAIT_SECONDS = 120;
/** GitHub gives up on a request after ten seconds; what lasts longer is a connection that is no more. */
const REQUEST_LIMIT_MS = 60_000;

/**
 * A client for one token. A request that fails is not repeated here: what asked for it is a step of a run, which knows
 * whether its work may be done again. Waits that GitHub asks for (`retry-after`) are kept, up to two minutes.
 */
export function createClient(options: ClientOptions): Client {
  const wait = (retryAfter: number, _request: unknown, _client: unknown, retryCount: number) =>
    retryAfter <= LONGEST_WAIT_SECONDS && retryCount < 2;
  const client = new PacedOctokit({
    baseUrl: options.baseUrl,
    userAgent: 'conductor',
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    throttle: {
      enabled: options.paceAs !== null,
      id: options.paceAs ?? 'unpaced',
      onRateLimit: wait,
      onSecondaryRateLimit: wait,
    },
  });
  client.hook.before('request', async (request) => {
    maskRequest(request, options.mask);
    if (options.graphqlUrl !== null && request.url === '/graphql') request.url = options.graphqlUrl;
    request.headers.authorization = `token ${await options.token()}`;
    request.headers['x-github-api-version'] = '2022-11-28';
    request.request = { signal: AbortSignal.timeout(REQUEST_LIMIT_MS), ...request.request };
  });
  client.hook.after('request', (response) => options.heard?.(response));
  client.hook.error('request', (error) => {
    if (error instanceof RequestError && error.response) options.heard?.(error.response);
    throw error;
  });
  return client;
}
