import { type Client, withoutGraphql } from './client.ts';
import { GitHubError, statusOf } from './errors.ts';

/** A field of a document that did not work; the others did. `path`: where in the answer it would stand. */
export interface GraphqlProblem {
  readonly type?: string;
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

/** What a document came to. Mutations are done in order, and one that fails does not stop those after it. */
export interface GraphqlAnswer<Data> {
  /** Keyed by alias; a field that failed is null or missing. */
  readonly data: { readonly [Field in keyof Data]?: Data[Field] | null };
  readonly problems: readonly GraphqlProblem[];
}

/** This server has no GraphQL: what was asked has to be done over REST. */
export class GraphqlMissing extends Error {}

/** What a server or a proxy answers that knows no such address. */
const MISSING = [404, 405, 410, 501];

/**
 * Sends one document. Problems of single fields are values; a request that failed as a whole is thrown.
 * @throws GraphqlMissing where the server does not speak GraphQL: from then on without asking
 */
export async function askGraphql<Data>(
  client: Client,
  document: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<GraphqlAnswer<Data>> {
  if (withoutGraphql.has(client)) throw new GraphqlMissing();
  try {
    return { data: await client.graphql<Data & object>(document, variables), problems: [] };
  } catch (error) {
    if (isPartial<Data>(error)) return { data: error.data ?? {}, problems: error.errors ?? [] };
    if (!MISSING.includes(statusOf(error) ?? 0)) throw error;
    withoutGraphql.add(client);
    throw new GraphqlMissing();
  }
}

/** Octokit throws where a single field failed; the rest of the data is on the error. */
function isPartial<Data>(
  error: unknown,
): error is Error & { data?: GraphqlAnswer<Data>['data'] | null; errors?: GraphqlProblem[] } {
  return error instanceof Error && error.name === 'GraphqlResponseError';
}

const STATUS: Readonly<Record<string, number>> = {
  FORBIDDEN: 403,
  INSUFFICIENT_SCOPES: 403,
  NOT_FOUND: 404,
  STALE_DATA: 409,
  UNPROCESSABLE: 422,
  VALIDATION: 422,
  RATE_LIMITED: 429,
};

/** A field's problem as the error that the same act over REST would have thrown. Without a type, GitHub itself fell over. */
export function problemError({ type, message }: GraphqlProblem, doing: string): GitHubError {
  const status = STATUS[type ?? ''] ?? (type ? 422 : 502);
  return new GitHubError(null, status, `GitHub refused while ${doing}: ${message.slice(0, 300)}`);
}

/** The problem of one field; undefined: it worked. */
export function problemOf(answer: GraphqlAnswer<unknown>, field: string): GraphqlProblem | undefined {
  return answer.problems.find(({ path }) => path?.[0] === field);
}
