import type { Actor } from './actor.ts';
import { lacksRole, notFound, Refusal } from './refusal.ts';
import {
  type Account,
  type Installation,
  type Permissions,
  type Repository,
  ROLES,
  type Role,
} from './state.ts';

/** What a route asks of whoever calls it. */
export interface Needs {
  /** Permissions of which an App's token must hold at least one: `contents:write`. Empty: any token. */
  readonly app: readonly string[];
  /** What a person must at least be in the repository. */
  readonly user: Role;
}

/** Is `role` at least `wanted`? */
export function atLeast(role: Role, wanted: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(wanted);
}

/**
 * A person's role in a repository: the owner and an organization's admins administer it, collaborators
 * have what they were given, members of the organization read it, and a public one is everybody's to read.
 */
export function roleOf(account: Account, repository: Repository): Role {
  const login = account.login.toLowerCase();
  const { owner } = repository;
  if (owner.login.toLowerCase() === login || owner.members.get(login) === 'admin') return 'admin';
  const given = repository.collaborators.get(login) ?? 'none';
  const least: Role = repository.private && !owner.members.has(login) ? 'none' : 'read';
  return atLeast(given, least) ? given : least;
}

/** Does a set of permissions cover `contents:write` (or `:read`)? `metadata:read` is always granted. */
export function covers(permissions: Permissions, wanted: string): boolean {
  const [name, level] = wanted.split(':') as [string, string];
  const held = permissions[name];
  if (wanted === 'metadata:read') return true;
  return held !== undefined && (level === 'read' || held === 'write' || held === 'admin');
}

/** Does an installation reach a repository? Only its account's own, chosen or all: it loses one that moves away. */
export function reaches({ account, repositories }: Installation, repository: Repository): boolean {
  return account === repository.owner && (repositories === 'all' || repositories.has(repository.id));
}

/** Can the actor see that this repository exists? What it cannot see is 404, as on GitHub. */
export function canSee(actor: Actor, repository: Repository): boolean {
  switch (actor.kind) {
    case 'anonymous':
      return !repository.private;
    case 'user':
      return atLeast(roleOf(actor.account, repository), 'read');
    case 'app':
      return false;
    case 'job':
      return actor.repository === repository;
    case 'installation':
      return reaches(actor.installation, repository) && (actor.repositoryIds?.has(repository.id) ?? true);
  }
}

/**
 * Refuses a request that the actor may not make of this repository.
 *
 * @throws Refusal 401 to strangers who would write, 404 where the repository is out of sight, 403 else
 */
export function demand(actor: Actor, repository: Repository, needs: Needs): void {
  if (
    actor.kind === 'anonymous' &&
    (needs.user !== 'read' || needs.app.some((wanted) => wanted.endsWith(':write')))
  ) {
    throw new Refusal(401, 'Requires authentication');
  }
  if (actor.kind === 'app') throw integrationRefusal(needs);
  if (!canSee(actor, repository)) throw notFound();
  if (actor.kind === 'user' && !atLeast(roleOf(actor.account, repository), needs.user)) {
    throw lacksRole(needs.user);
  }
  if (actor.kind === 'installation' || actor.kind === 'job') {
    if (needs.app.length > 0 && !needs.app.some((wanted) => covers(actor.permissions, wanted))) {
      throw integrationRefusal(needs);
    }
  }
}

function integrationRefusal(needs: Needs): Refusal {
  const accepted = needs.app.map((wanted) => wanted.replace(':', '=')).join('; ');
  return new Refusal(403, 'Resource not accessible by integration', {
    headers: { 'x-accepted-github-permissions': accepted },
  });
}
