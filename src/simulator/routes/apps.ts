import { canSee, covers, reaches } from '../access.ts';
import { type Call, created, noContent, numberParam, ok, onPlatform, type Route } from '../call.ts';
import { findAccount } from '../find.ts';
import { updatedSince } from '../listing.ts';
import { pageAnswer, paginate } from '../pagination.ts';
import { notFound, Refusal, unprocessable } from '../refusal.ts';
import { renderApp, renderInstallation } from '../render/accounts.ts';
import { renderRepository } from '../render/repositories.ts';
import type { App, Installation, Permissions, Repository } from '../state.ts';
import type { Tokens } from '../tokens.ts';

/** The App itself, its installations and their tokens. */
export function appRoutes(tokens: Tokens): Route[] {
  return [
    onPlatform('GET /app', 'app', (call) =>
      ok({ ...renderApp(call.world, appIn(call)), installations_count: installationsOf(call).length }),
    ),
    onPlatform(
      'GET /app/installations',
      'app',
      (call) =>
        pageAnswer(call, installationsOf(call).filter(updatedSince(call)), (installation) =>
          renderInstallation(call.world, installation),
        ),
      { query: ['since'] },
    ),
    onPlatform('GET /app/installations/{installation_id}', 'app', (call) =>
      ok(renderInstallation(call.world, installationIn(call))),
    ),
    onPlatform(
      'POST /app/installations/{installation_id}/access_tokens',
      'app',
      (call) => created(grantToken(call, tokens)),
      {
        body: ['repositories', 'repository_ids', 'permissions'],
      },
    ),
    onPlatform('GET /repos/{owner}/{repo}/installation', 'app', (call) =>
      ok(renderInstallation(call.world, installationAt(call, repositoryOfApp(call)))),
    ),
    onPlatform('GET /users/{username}/installation', 'app', (call) => accountInstallation(call, 'username')),
    onPlatform('GET /orgs/{org}/installation', 'app', (call) => accountInstallation(call, 'org')),
    onPlatform('DELETE /installation/token', 'installation', (call) => {
      if (call.actor.kind === 'installation') tokens.revoke(call.actor.token);
      return noContent();
    }),
    onPlatform('GET /installation/repositories', 'installation', (call) => {
      const visible = [...call.world.repositories.values()]
        .filter((repository) => canSee(call.actor, repository))
        // By id, so that a repository keeps its page when it is renamed.
        .sort((a, b) => a.id - b.id);
      const { items, headers } = paginate(call, visible);
      const narrowed =
        call.actor.kind === 'installation' &&
        (call.actor.repositoryIds !== null || call.actor.installation.repositories !== 'all');
      const body = {
        total_count: visible.length,
        repository_selection: narrowed ? 'selected' : 'all',
        repositories: items.map((repository) => renderRepository(call.world, repository)),
      };
      return { status: 200, body, headers };
    }),
    onPlatform('GET /apps/{app_slug}', 'anyone', (call) => {
      const app = [...call.world.apps.values()].find(({ slug }) => slug === call.params.app_slug);
      if (app === undefined) throw notFound();
      return ok(renderApp(call.world, app));
    }),
  ];
}

function appIn(call: Call): App {
  if (call.actor.kind !== 'app') throw new Error('the route asked for an App');
  return call.actor.app;
}

function installationsOf(call: Call): Installation[] {
  return [...call.world.installations.values()].filter(({ app }) => app === appIn(call));
}

function installationIn(call: Call): Installation {
  const installation = installationsOf(call).find(({ id }) => id === numberParam(call, 'installation_id'));
  if (installation === undefined) throw notFound();
  return installation;
}

function repositoryOfApp(call: Call): Repository {
  const repository = call.world.repositories.get(`${call.params.owner}/${call.params.repo}`.toLowerCase());
  if (repository === undefined) throw notFound();
  return repository;
}

function installationAt(call: Call, repository: Repository): Installation {
  const installation = installationsOf(call).find((candidate) => reaches(candidate, repository));
  if (installation === undefined) throw notFound();
  return installation;
}

function accountInstallation(call: Call, param: string) {
  const account = findAccount(call.world, call.params[param] ?? '');
  const installation = installationsOf(call).find((candidate) => candidate.account === account);
  if (installation === undefined) throw notFound();
  return ok(renderInstallation(call.world, installation));
}

/** A token with the installation's permissions and repositories, or with fewer of either; never more. */
function grantToken(call: Call, tokens: Tokens): Record<string, unknown> {
  const installation = installationIn(call);
  if (installation.suspension !== null) throw new Refusal(403, 'This installation has been suspended');
  const permissions = narrowPermissions(installation.app, call.body.permissions);
  const chosen = chosenRepositories(call, installation);
  const { token, expiresAt } = tokens.forInstallation(installation, {
    permissions,
    repositoryIds: chosen === null ? null : new Set(chosen.map(({ id }) => id)),
  });
  return {
    token,
    expires_at: expiresAt,
    permissions,
    repository_selection: chosen === null && installation.repositories === 'all' ? 'all' : 'selected',
    ...(chosen === null
      ? {}
      : { repositories: chosen.map((repository) => renderRepository(call.world, repository)) }),
  };
}

function narrowPermissions(app: App, wanted: unknown): Permissions {
  const granted: Permissions = { ...app.permissions, metadata: 'read' };
  if (wanted === undefined || wanted === null) return granted;
  if (typeof wanted !== 'object') throw unprocessable('The permissions parameter must be an object.');
  for (const [name, level] of Object.entries(wanted)) {
    if (!['read', 'write', 'admin'].includes(level))
      throw unprocessable(`The level of permission "${name}" is not known.`);
    if (!covers(granted, `${name}:${level}`)) {
      throw unprocessable('The permissions requested are not granted to this installation.');
    }
  }
  return { ...(wanted as Permissions), metadata: 'read' };
}

function chosenRepositories(call: Call, installation: Installation): Repository[] | null {
  const { repositories: names, repository_ids: ids } = call.body;
  if (names === undefined && ids === undefined) return null;
  const reached = [...call.world.repositories.values()].filter((repository) =>
    reaches(installation, repository),
  );
  const pick = (test: (repository: Repository) => boolean): Repository => {
    const repository = reached.find(test);
    if (repository === undefined) {
      throw unprocessable(
        'There is at least one repository that does not exist or is not accessible to the parent installation.',
      );
    }
    return repository;
  };
  if (!isList(names) || !isList(ids)) throw new Refusal(422, 'Repositories must be given as lists.');
  const byName = (names ?? []).map((name) =>
    pick((repository) => repository.name.toLowerCase() === String(name).toLowerCase()),
  );
  const byId = (ids ?? []).map((id) => pick((repository) => repository.id === id));
  return [...new Set([...byName, ...byId])];
}

function isList(value: unknown): value is unknown[] | undefined {
  return value === undefined || Array.isArray(value);
}
