import type { RepositoryRef } from '../commands/request.ts';
import type { Client } from './client.ts';
import { statusOf } from './errors.ts';

/** A branch came to another commit. */
export interface Move {
  /** The commit. */
  readonly after: string;
  readonly timestamp: string;
  readonly actor: { readonly id: number; readonly login: string } | null;
}

/**
 * Whom GitHub saw push to the branch, newest first: unlike a commit's author, nobody can write another name there. A
 * GitHub Enterprise Server may not have it: none are known then.
 */
export async function movesOf(
  client: Client,
  { owner, name: repo }: RepositoryRef,
  branch: string,
): Promise<readonly Move[]> {
  try {
    const ref = `refs/heads/${branch}`;
    return await client.paginate('GET /repos/{owner}/{repo}/activity', { owner, repo, ref, per_page: 100 });
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 403) return [];
    throw error;
  }
}
