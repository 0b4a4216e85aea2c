import { nodeId } from '../ids.ts';
import type { Repository, World } from '../state.ts';
import { renderUser } from './accounts.ts';
import type { Schemas } from './schemas.ts';

/** The part that GitHub calls `simple-repository`, and every fuller shape begins with. */
export function renderSimpleRepository(world: World, repository: Repository): Schemas['simple-repository'] {
  const self = world.api(`/repos/${repository.fullName}`);
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name: repository.name,
    full_name: repository.fullName,
    private: repository.private,
    owner: renderUser(world, repository.owner),
    html_url: world.web(`/${repository.fullName}`),
    description: null,
    fork: repository.parent !== null,
    url: self,
    archive_url: `${self}/{archive_format}{/ref}`,
    assignees_url: `${self}/assignees{/user}`,
    blobs_url: `${self}/git/blobs{/sha}`,
    branches_url: `${self}/branches{/branch}`,
    collaborators_url: `${self}/collaborators{/collaborator}`,
    comments_url: `${self}/comments{/number}`,
    commits_url: `${self}/commits{/sha}`,
    compare_url: `${self}/compare/{base}...{head}`,
    contents_url: `${self}/contents/{+path}`,
    contributors_url: `${self}/contributors`,
    deployments_url: `${self}/deployments`,
    downloads_url: `${self}/downloads`,
    events_url: `${self}/events`,
    forks_url: `${self}/forks`,
    git_commits_url: `${self}/git/commits{/sha}`,
    git_refs_url: `${self}/git/refs{/sha}`,
    git_tags_url: `${self}/git/tags{/sha}`,
    hooks_url: `${self}/hooks`,
    issue_comment_url: `${self}/issues/comments{/number}`,
    issue_events_url: `${self}/issues/events{/number}`,
    issues_url: `${self}/issues{/number}`,
    keys_url: `${self}/keys{/key_id}`,
    labels_url: `${self}/labels{/name}`,
    languages_url: `${self}/languages`,
    merges_url: `${self}/merges`,
    milestones_url: `${self}/milestones{/number}`,
    notifications_url: `${self}/notifications{?since,all,participating}`,
    pulls_url: `${self}/pulls{/number}`,
    releases_url: `${self}/releases{/id}`,
    stargazers_url: `${self}/stargazers`,
    statuses_url: `${self}/statuses/{sha}`,
    subscribers_url: `${self}/subscribers`,
    subscription_url: `${self}/subscription`,
    tags_url: `${self}/tags`,
    teams_url: `${self}/teams`,
    trees_url: `${self}/git/trees{/sha}`,
  };
}

/** GitHub's `repository`, which also satisfies `minimal-repository` and is what events carry. */
export function renderRepository(world: World, repository: Repository) {
  const web = world.web(`/${repository.fullName}`);
  const open = [...repository.threads.values()].filter((thread) => thread.state === 'open').length;
  const forks = [...world.repositories.values()].filter((other) => other.parent === repository).length;
  return {
    ...renderSimpleRepository(world, repository),
    git_url: `git:${web.replace(/^https?:/, '')}.git`,
    ssh_url: `git@${web.replace(/^https?:\/\//, '').replace('/', ':')}.git`,
    // Always the simulator itself, so that cloning works whatever address people are shown.
    clone_url: world.api(`/${repository.fullName}.git`),
    svn_url: web,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks_count: forks,
    forks,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    size: 0,
    default_branch: repository.defaultBranch,
    open_issues_count: open,
    open_issues: open,
    is_template: false,
    topics: [],
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: repository.private ? 'private' : 'public',
    pushed_at: repository.pushedAt,
    created_at: repository.createdAt,
    updated_at: repository.updatedAt,
    allow_forking: true,
    web_commit_signoff_required: false,
  } satisfies Schemas['repository'] & Schemas['minimal-repository'];
}

/** GitHub's `full-repository`, the answer of `GET /repos/{owner}/{repo}`. */
export function renderFullRepository(
  world: World,
  repository: Repository,
  permissions: NonNullable<Schemas['full-repository']['permissions']> | null,
): Schemas['full-repository'] {
  const { owner, parent } = repository;
  return {
    ...renderRepository(world, repository),
    ...(permissions === null ? {} : { permissions }),
    ...(owner.type === 'Organization' ? { organization: renderUser(world, owner) } : {}),
    ...(parent === null
      ? {}
      : { parent: renderRepository(world, parent), source: renderRepository(world, parent) }),
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: true,
    allow_auto_merge: repository.autoMergeAllowed,
    delete_branch_on_merge: false,
    network_count: 0,
    subscribers_count: 0,
  };
}
