import { canSee, reaches } from './access.ts';
import type { Actor } from './actor.ts';
import type { Answer, Call } from './call.ts';
import { movedRepository } from './find.ts';
import type { Repository, World } from './state.ts';

const NAMED = /^\/repos\/[^/]+\/[^/]+/;
const NUMBERED = /^\/repositories\/(\d+)(?=\/|$)/;
const DOCUMENTATION =
  'https://docs.github.com/rest/guides/best-practices-for-using-the-rest-api#follow-redirects';

/**
 * Every path below `/repos/{owner}/{repo}` has a second one that outlives renames, `/repositories/{id}`: the
 * one that redirects and Link headers give. Returns the first for the second; any other path as it is.
 */
export function namedPath(world: World, path: string): string {
  const id = NUMBERED.exec(path)?.[1];
  if (id === undefined) return path;
  const repository = [...world.repositories.values()].find((candidate) => String(candidate.id) === id);
  return repository === undefined ? path : path.replace(NUMBERED, `/repos/${repository.fullName}`);
}

/** The path of a call to a repository by the repository's id. */
export function numberedPath(path: string, { id }: Repository): string {
  return path.replace(NAMED, `/repositories/${id}`);
}

/**
 * GitHub's answer to a request under a name that the repository had before, or null when it had none: 301
 * for reads, 307 for all else. It sends nobody to a repository that they cannot see.
 *
 * Sources: docs.github.com, "Best practices for using the REST API", Follow redirects; the bodies are those
 * recorded in octokit/fixtures (rename-repository, 301) and 18F/charlie#85 (307, with the words of a 301).
 */
export function redirectOf(call: Call): Answer | null {
  const { world, actor, params, query } = call;
  const { owner, repo } = params;
  if (owner === undefined || repo === undefined) return null;
  const repository = movedRepository(world, `${owner}/${repo}`);
  if (repository === null || !knowsOf(world, actor, repository)) return null;
  const search = query.size === 0 ? '' : `?${query}`;
  const url = `${world.api(numberedPath(call.path, repository))}${search}`;
  return {
    status: call.method === 'GET' || call.method === 'HEAD' ? 301 : 307,
    body: { message: 'Moved Permanently', url, documentation_url: DOCUMENTATION },
    headers: { location: url },
  };
}

function knowsOf(world: World, actor: Actor, repository: Repository): boolean {
  if (actor.kind !== 'app') return canSee(actor, repository);
  return [...world.installations.values()].some(
    (installation) => installation.app === actor.app && reaches(installation, repository),
  );
}
