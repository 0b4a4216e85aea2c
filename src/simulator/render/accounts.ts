import { clientId, nodeId } from '../ids.ts';
import type { Account, App, Installation, Repository, Role, World } from '../state.ts';
import type { Schemas } from './schemas.ts';

/** GitHub's `simple-user`. */
export function renderUser(world: World, account: Account): Schemas['simple-user'] {
  const { login, id, type } = account;
  const self = world.api(`/users/${encodeURIComponent(login)}`);
  return {
    login,
    id,
    node_id: nodeId(type === 'User' ? 'U' : type === 'Bot' ? 'BOT' : 'O', id),
    avatar_url: world.web(`/avatars/u/${id}?v=4`),
    gravatar_id: '',
    url: self,
    html_url: world.web(type === 'Bot' ? `/apps/${login.replace(/\[bot\]$/, '')}` : `/${login}`),
    followers_url: `${self}/followers`,
    following_url: `${self}/following{/other_user}`,
    gists_url: `${self}/gists{/gist_id}`,
    starred_url: `${self}/starred{/owner}{/repo}`,
    subscriptions_url: `${self}/subscriptions`,
    organizations_url: `${self}/orgs`,
    repos_url: `${self}/repos`,
    events_url: `${self}/events{/privacy}`,
    received_events_url: `${self}/received_events`,
    type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** GitHub's `public-user`, the answer of `GET /users/{login}`. */
export function renderProfile(world: World, account: Account): Schemas['public-user'] {
  const owned = [...world.repositories.values()].filter((repository) => repository.owner === account);
  return {
    ...renderUser(world, account),
    name: account.name,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: owned.filter((repository) => !repository.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: account.createdAt,
    updated_at: account.createdAt,
  };
}

/** GitHub's `private-user`, the answer of `GET /user`. */
export function renderOwnProfile(world: World, account: Account): Schemas['private-user'] {
  const owned = [...world.repositories.values()].filter((repository) => repository.owner === account);
  const secret = owned.filter((repository) => repository.private).length;
  return {
    ...renderProfile(world, account),
    private_gists: 0,
    total_private_repos: secret,
    owned_private_repos: secret,
    disk_usage: 0,
    collaborators: 0,
    two_factor_authentication: true,
  };
}

/** The `organization` that events of an organization's repositories carry. */
export function renderOrganizationForEvent(world: World, account: Account): Record<string, unknown> {
  const self = world.api(`/orgs/${account.login}`);
  return {
    login: account.login,
    id: account.id,
    node_id: nodeId('O', account.id),
    url: self,
    repos_url: `${self}/repos`,
    events_url: `${self}/events`,
    hooks_url: `${self}/hooks`,
    issues_url: `${self}/issues`,
    members_url: `${self}/members{/member}`,
    public_members_url: `${self}/public_members{/member}`,
    avatar_url: world.web(`/avatars/u/${account.id}?v=4`),
    description: '',
  };
}

/** GitHub's `integration`: an App as check runs, comments and `GET /app` show it. */
export function renderApp(world: World, app: App): NonNullable<Schemas['integration']> {
  return {
    id: app.id,
    client_id: clientId(app.id),
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: renderUser(world, app.owner),
    name: app.name,
    description: '',
    external_url: world.web(`/apps/${app.slug}`),
    html_url: world.web(`/apps/${app.slug}`),
    created_at: app.createdAt,
    updated_at: app.createdAt,
    permissions: { ...app.permissions },
    events: [...app.events],
  };
}

/** GitHub's `installation`. */
export function renderInstallation(world: World, installation: Installation): Schemas['installation'] {
  const { id, app, account, suspension } = installation;
  return {
    id,
    client_id: clientId(app.id),
    account: renderUser(world, account),
    repository_selection: installation.repositories === 'all' ? 'all' : 'selected',
    access_tokens_url: world.api(`/app/installations/${id}/access_tokens`),
    repositories_url: world.api('/installation/repositories'),
    html_url: world.web(`/settings/installations/${id}`),
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: { ...app.permissions } as Schemas['app-permissions'],
    events: [...app.events],
    created_at: installation.createdAt,
    updated_at: installation.updatedAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: suspension === null ? null : renderUser(world, suspension.by),
    suspended_at: suspension?.at ?? null,
  };
}

/** The five flags that GitHub lists for a role. */
export function roleFlags(role: Role): {
  admin: boolean;
  maintain: boolean;
  push: boolean;
  triage: boolean;
  pull: boolean;
} {
  return {
    admin: role === 'admin',
    maintain: role === 'admin' || role === 'maintain',
    push: role === 'admin' || role === 'maintain' || role === 'write',
    triage: role !== 'none' && role !== 'read',
    pull: role !== 'none',
  };
}

/**
 * What an author is to a repository. GitHub's finer words for first-timers are not told apart:
 * whoever is nobody here is NONE, or CONTRIBUTOR once a pull request of theirs was merged.
 */
export function association(repository: Repository, account: Account): Schemas['author-association'] {
  const login = account.login.toLowerCase();
  if (repository.owner === account) return 'OWNER';
  if (repository.owner.members.has(login)) return 'MEMBER';
  if (repository.collaborators.has(login)) return 'COLLABORATOR';
  const merged = [...repository.threads.values()].some(
    (thread) => thread.author === account && thread.pull?.merged,
  );
  return merged ? 'CONTRIBUTOR' : 'NONE';
}
