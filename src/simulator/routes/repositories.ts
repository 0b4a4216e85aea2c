import { atLeast, covers, roleOf } from '../access.ts';
import { type Answer, ok, onRepository, type RepositoryCall, type Route } from '../call.ts';
import { accountParam } from '../find.ts';
import { renderUser, roleFlags } from '../render/accounts.ts';
import { renderFullRepository } from '../render/repositories.ts';
import type { Role } from '../state.ts';

/** The repository itself, and who may do what in it. */
export const repositoryRoutes: readonly Route[] = [
  onRepository('GET /repos/{owner}/{repo}', { app: 'metadata:read', user: 'read' }, (call) =>
    ok(renderFullRepository(call.world, call.repository, ownFlags(call))),
  ),
  onRepository(
    'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
    { app: 'metadata:read', user: 'write' },
    permission,
  ),
];

function ownFlags(call: RepositoryCall): ReturnType<typeof roleFlags> | null {
  const { actor, repository } = call;
  if (actor.kind === 'user') return roleFlags(roleOf(actor.account, repository));
  if (actor.kind === 'anonymous' || actor.kind === 'app') return null;
  return { ...roleFlags('read'), push: covers(actor.permissions, 'contents:write') };
}

/**
 * GitHub answers for outsiders too: `read` on a public repository, `none` on a private one. Its older
 * `permission` knows four words; `role_name` has all of them.
 */
function permission(call: RepositoryCall): Answer {
  const account = accountParam(call, 'username');
  const role = roleOf(account, call.repository);
  return ok({
    permission: olderWord(role),
    role_name: role,
    user: { ...renderUser(call.world, account), permissions: roleFlags(role), role_name: role },
  });
}

function olderWord(role: Role): Role {
  if (role === 'admin' || role === 'none') return role;
  return atLeast(role, 'write') ? 'write' : 'read';
}
