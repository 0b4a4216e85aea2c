import type { Act } from './act.ts';
import { accountOf } from './actor.ts';
import { renderOrganizationForEvent, renderUser } from './render/accounts.ts';
import { renderRepository } from './render/repositories.ts';
import type { App, Repository } from './state.ts';

/**
 * Notes an event for sending after the answer. The payload is rendered now, as the world is now.
 *
 * @param details what stands between `action` and `repository` in the payload
 */
export function emit(
  act: Act,
  repository: Repository,
  event: string,
  action: string | null,
  details: Readonly<Record<string, unknown>>,
  only: App | null = null,
): void {
  const { world, actor } = act;
  const { owner } = repository;
  act.emissions.push({
    event,
    action,
    repository,
    actor,
    only,
    payload: {
      ...(action === null ? {} : { action }),
      ...structuredClone(details),
      repository: renderRepository(world, repository),
      ...(owner.type === 'Organization' ? { organization: renderOrganizationForEvent(world, owner) } : {}),
      sender: renderUser(world, accountOf(actor)),
    },
  });
}
