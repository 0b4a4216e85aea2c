import type { RepositoryRef, ThreadSnapshot } from '../commands/request.ts';
import { isMarked } from '../messages/markers.ts';
import type { Client } from './client.ts';
import { translate } from './errors.ts';

/** Open pull requests of one base that are looked at, newest first. */
const MOST = 50;

const QUERY = `query ($owner: String!, $repo: String!, $branch: String, $most: Int!) {
  repository(owner: $owner, name: $repo) {
    pullRequests(baseRefName: $branch, states: OPEN, first: $most, orderBy: { field: CREATED_AT, direction: DESC }) {
      nodes { number title body url locked mergeable mergeStateStatus isCrossRepository author { __typename login } }
    }
  }
}`;

interface Answer {
  readonly repository: {
    readonly pullRequests: {
      readonly nodes: readonly {
        readonly number: number;
        readonly title: string;
        readonly body: string;
        readonly url: string;
        readonly locked: boolean;
        readonly mergeable: 'MERGEABLE' | 'CONFLICTING' | 'UNKNOWN';
        readonly mergeStateStatus: string;
        readonly isCrossRepository: boolean;
        readonly author: { readonly __typename: string; readonly login: string } | null;
      }[];
    };
  } | null;
}

/** `mayNotMerge`: it conflicts, must be brought up to date first, or GitHub has not worked it out yet. */
export interface OwnOpenPull extends ThreadSnapshot {
  readonly mayNotMerge: boolean;
}

/** Conductor's own open pull requests to a branch; null: to any. One request, at most fifty pull requests. `self`: who Conductor writes as. */
export async function ownOpenPulls(
  client: Client,
  { owner, name: repo }: RepositoryRef,
  branch: string | null,
  self: string,
): Promise<readonly OwnOpenPull[]> {
  try {
    const { repository } = await client.graphql<Answer>(QUERY, { owner, repo, branch, most: MOST });
    return (repository?.pullRequests.nodes ?? [])
      .filter(({ isCrossRepository, locked, body }) => !isCrossRepository && !locked && isMarked(body))
      .filter(({ author }) => author !== null && loginOf(author) === self)
      .map(({ number, title, body, url, mergeable, mergeStateStatus }) => ({
        mayNotMerge: mergeable !== 'MERGEABLE' || mergeStateStatus === 'BEHIND',
        number,
        kind: 'pull_request',
        title,
        body,
        author: self,
        url,
        closed: false,
        locked: false,
      }));
  } catch (error) {
    throw translate(error, `looking for pull requests to ${branch ?? 'any branch'}`);
  }
}

/** Conductor's own open pull requests from a branch. One request. */
export async function ownPullsFrom(
  client: Client,
  { owner, name: repo }: RepositoryRef,
  branch: string,
  self: string,
): Promise<readonly ThreadSnapshot[]> {
  try {
    const head = `${owner}:${branch}`;
    const { data } = await client.pulls.list({ owner, repo, head, state: 'open', per_page: MOST });
    return data
      .filter(({ user, body }) => user?.login === self && isMarked(body ?? ''))
      .map(({ number, title, body, html_url: url, locked }) => ({
        number,
        kind: 'pull_request',
        title,
        body: body ?? '',
        author: self,
        url,
        closed: false,
        locked,
      }));
  } catch (error) {
    throw translate(error, `looking for pull requests from ${branch}`);
  }
}

/** GraphQL names a bot without the `[bot]` that REST gives it. */
function loginOf({ __typename, login }: { readonly __typename: string; readonly login: string }): string {
  return __typename === 'Bot' && !login.endsWith('[bot]') ? `${login}[bot]` : login;
}
