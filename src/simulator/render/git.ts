import type { FileDiff } from '../git/diff.ts';
import type { Commit } from '../git/objects.ts';
import type { Ref } from '../git/refs.ts';
import { nodeId } from '../ids.ts';
import type { Account, Repository, World } from '../state.ts';
import { renderUser } from './accounts.ts';
import type { Schemas } from './schemas.ts';

/**
 * GitHub signs what it commits for somebody: merges, and what Apps commit through the API in their own name. The
 * simulator holds no key, so it says who signed and has no signature to show.
 */
function verificationOf(world: World, sha: string): Schemas['verification'] {
  const verified = world.signedCommits.has(sha);
  return {
    verified,
    reason: verified ? 'valid' : 'unsigned',
    signature: null,
    payload: null,
    verified_at: null,
  };
}

/** GitHub's `git-ref`. */
export function renderRef(world: World, repository: Repository, ref: Ref): Schemas['git-ref'] {
  const self = world.api(`/repos/${repository.fullName}/git`);
  return {
    ref: ref.name,
    node_id: nodeId('REF', `${repository.id}:${ref.name}`),
    url: `${self}/${ref.name}`,
    object: { sha: ref.sha, type: ref.type, url: `${self}/${ref.type}s/${ref.sha}` },
  };
}

/** GitHub's `git-commit`, of the git database API. */
export function renderGitCommit(world: World, repository: Repository, commit: Commit): Schemas['git-commit'] {
  const api = world.api(`/repos/${repository.fullName}/git`);
  const web = world.web(`/${repository.fullName}/commit`);
  return {
    sha: commit.sha,
    node_id: nodeId('C', `${repository.id}:${commit.sha}`),
    url: `${api}/commits/${commit.sha}`,
    html_url: `${web}/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${web}/${sha}` })),
    verification: verificationOf(world, commit.sha),
  };
}

/** GitHub's `commit`, of the commits, compare and pulls APIs. */
export function renderCommit(world: World, repository: Repository, commit: Commit) {
  const api = world.api(`/repos/${repository.fullName}`);
  const web = world.web(`/${repository.fullName}/commit`);
  const person = (email: string): Schemas['simple-user'] | null => {
    const account = accountByEmail(world, email);
    return account === null ? null : renderUser(world, account);
  };
  return {
    sha: commit.sha,
    node_id: nodeId('C', `${repository.id}:${commit.sha}`),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      url: `${api}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: verificationOf(world, commit.sha),
    },
    url: `${api}/commits/${commit.sha}`,
    html_url: `${web}/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    author: person(commit.author.email),
    committer: person(commit.committer.email),
    parents: commit.parents.map((sha) => ({ sha, url: `${api}/commits/${sha}`, html_url: `${web}/${sha}` })),
  } satisfies Schemas['commit'];
}

/** The commit as push, check suite and status events carry it. */
export function renderEventCommit(world: World, repository: Repository, commit: Commit) {
  const person = ({ name, email }: { name: string; email: string }) => {
    const account = accountByEmail(world, email);
    return { name, email, ...(account === null ? {} : { username: account.login }) };
  };
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.author.date,
    url: world.web(`/${repository.fullName}/commit/${commit.sha}`),
    author: person(commit.author),
    committer: person(commit.committer),
  };
}

/** GitHub's `diff-entry`, of compare, commits and pull request files. */
export function renderFile(
  world: World,
  repository: Repository,
  commit: string,
  file: FileDiff,
): Schemas['diff-entry'] {
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: file.sha,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: world.web(`/${repository.fullName}/blob/${commit}/${path}`),
    raw_url: world.web(`/${repository.fullName}/raw/${commit}/${path}`),
    contents_url: world.api(`/repos/${repository.fullName}/contents/${path}?ref=${commit}`),
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previousPath === null ? {} : { previous_filename: file.previousPath }),
  };
}

/** The address that commits made through the API carry, by which GitHub knows their author again. */
export function noreply(account: Account): string {
  return `${account.id}+${account.login}@users.noreply.github.com`;
}

/** The account behind a noreply address. */
export function accountByEmail(world: World, email: string): Account | null {
  const found = /^(\d+)\+.*@users\.noreply\.github\.com$/.exec(email);
  if (found === null) return null;
  return [...world.accounts.values()].find((account) => account.id === Number(found[1])) ?? null;
}
