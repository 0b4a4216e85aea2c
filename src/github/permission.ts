import type { Person, RepositoryRef } from '../commands/request.ts';
import type { Permission } from '../runs/ports.ts';
import type { Client } from './client.ts';
import { statusOf, translate } from './errors.ts';

const PERMISSIONS: readonly Permission[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin'];

/** What a person may do in a repository at this moment. Any doubt is `none`. */
export async function livePermission(
  client: Client,
  { owner, name: repo }: RepositoryRef,
  person: Person,
): Promise<Permission> {
  try {
    const { data } = await client.repos.getCollaboratorPermissionLevel({
      owner,
      repo,
      username: person.login,
    });
    // A login can change hands; the account's number can't.
    if (data.user?.id !== person.id) return 'none';
    return (
      PERMISSIONS.find((known) => known === data.role_name) ??
      PERMISSIONS.find((known) => known === data.permission) ??
      'none'
    );
  } catch (error) {
    if (statusOf(error) === 403 || statusOf(error) === 404) return 'none';
    throw translate(error, `asking for the permission of ${person.login}`);
  }
}
