import { atLeast, demand, roleOf } from '../../access.ts';
import { lookUp } from '../../git/objects.ts';
import { readRef, resolveCommit } from '../../git/refs.ts';
import { nodeId } from '../../ids.ts';
import { type Account, isPull, type PullThread, type Repository } from '../../state.ts';
import { demandThreadPermission } from '../../threads.ts';
import { connect, type PageArguments } from '../connections.ts';
import { FieldRefusal, unknownHere, unresolved } from '../refusals.ts';
import {
  accountSource,
  labelSource,
  objectSource,
  pullSource,
  type RepositorySource,
  refSource,
  repositorySource,
  threadSource,
  userSource,
} from '../sources.ts';
import type { Fields, View } from '../view.ts';

export const repositoryFields: Fields<RepositorySource> = {
  id: ({ repository }) => nodeId('R', repository.id),
  databaseId: ({ repository }) => repository.id,
  name: ({ repository }) => repository.name,
  nameWithOwner: ({ repository }) => repository.fullName,
  owner: ({ repository }) => accountSource(repository.owner),
  url: ({ repository }, _, { world }) => world.web(`/${repository.fullName}`),
  isPrivate: ({ repository }) => repository.private,
  visibility: ({ repository }) => (repository.private ? 'PRIVATE' : 'PUBLIC'),
  isFork: ({ repository }) => repository.parent !== null,
  isArchived: () => false,
  isEmpty: async ({ repository }) => (await defaultRef(repository)) === null,
  parent: ({ repository }) => (repository.parent === null ? null : repositorySource(repository.parent)),
  createdAt: ({ repository }) => repository.createdAt,
  pushedAt: ({ repository }) => repository.pushedAt,
  // No merge method can be forbidden here, and nobody has another habit.
  viewerDefaultMergeMethod: () => 'MERGE',
  autoMergeAllowed: ({ repository }) => repository.autoMergeAllowed,
  viewerPermission: ({ repository }, _, view) => viewerPermission(view, repository),
  defaultBranchRef: async ({ repository }, _, view) => {
    demandGit(view, repository);
    const ref = await defaultRef(repository);
    return ref === null ? null : refSource(repository, ref);
  },
  ref: async ({ repository }, { qualifiedName }: { qualifiedName: string }, view) => {
    demandGit(view, repository);
    const ref = await refNamed(repository, qualifiedName);
    return ref === null ? null : refSource(repository, ref);
  },
  object: async ({ repository }, args: { oid?: string | null; expression?: string | null }, view) => {
    demandGit(view, repository);
    return objectAt(repository, args);
  },
  issue: ({ repository }, { number }: { number: number }, view) => {
    const thread = repository.threads.get(number);
    if (thread === undefined || isPull(thread)) throw unresolved(`an Issue with the number of ${number}`);
    demandThreadPermission(view, thread, 'read');
    return threadSource(repository, thread);
  },
  pullRequest: ({ repository }, { number }: { number: number }, view) => {
    demandPulls(view, repository);
    const thread = repository.threads.get(number);
    if (thread === undefined || !isPull(thread))
      throw unresolved(`a PullRequest with the number of ${number}`);
    return pullSource(repository, thread);
  },
  issueOrPullRequest: ({ repository }, { number }: { number: number }, view) => {
    const thread = repository.threads.get(number);
    if (thread === undefined) throw unresolved(`an issue or pull request with the number of ${number}`);
    demandThreadPermission(view, thread, 'read');
    return threadSource(repository, thread);
  },
  pullRequests: ({ repository }, args: PullFilters & PageArguments, view) => {
    demandPulls(view, repository);
    return connect(
      args,
      filterPulls(repository, args).map((thread) => pullSource(repository, thread)),
    );
  },
  labels: ({ repository }, args: PageArguments & { query?: string | null }) => {
    const wanted = args.query?.toLowerCase() ?? '';
    const labels = [...repository.labels.values()].filter(({ name }) => name.toLowerCase().includes(wanted));
    return connect(
      args,
      labels.map((label) => labelSource(repository, label)),
    );
  },
  label: ({ repository }, { name }: { name: string }) => {
    const label = repository.labels.get(name.toLowerCase());
    return label === undefined ? null : labelSource(repository, label);
  },
  collaborators,
};

export interface PullFilters {
  readonly headRefName?: string | null;
  readonly baseRefName?: string | null;
  readonly states?: readonly ('OPEN' | 'CLOSED' | 'MERGED')[] | null;
  readonly labels?: readonly string[] | null;
  readonly orderBy?: {
    readonly field: 'CREATED_AT' | 'UPDATED_AT' | 'COMMENTS';
    readonly direction: 'ASC' | 'DESC';
  } | null;
}

/** Oldest first unless the request asks otherwise; ties go by number. */
export function filterPulls(repository: Repository, filters: PullFilters): PullThread[] {
  const { headRefName, baseRefName, states, labels, orderBy } = filters;
  const pulls = [...repository.threads.values()]
    .filter(isPull)
    .filter(({ pull }) => !headRefName || pull.head.ref === headRefName)
    .filter(({ pull }) => !baseRefName || pull.base.ref === baseRefName)
    .filter((thread) => !states || states.includes(pullState(thread)))
    .filter((thread) => !labels || thread.labels.some(({ name }) => labels.includes(name)));
  const key = (thread: PullThread): number => {
    if (orderBy?.field === 'COMMENTS') return thread.comments.length;
    return Date.parse(orderBy?.field === 'UPDATED_AT' ? thread.updatedAt : thread.createdAt);
  };
  const sign = orderBy?.direction === 'DESC' ? -1 : 1;
  return pulls.sort((a, b) => sign * (key(a) - key(b) || a.number - b.number));
}

export function pullState({ pull, state }: PullThread): 'OPEN' | 'CLOSED' | 'MERGED' {
  if (pull.merged !== null) return 'MERGED';
  return state === 'open' ? 'OPEN' : 'CLOSED';
}

export function demandGit(view: View, repository: Repository): void {
  demand(view.actor, repository, { app: ['contents:read'], user: 'read' });
}

export function demandPulls(view: View, repository: Repository): void {
  demand(view.actor, repository, { app: ['pull_requests:read'], user: 'read' });
}

/** A branch by its name, any ref by its full name; also without `refs/`, as GitHub takes it. */
export async function refNamed({ directory }: Repository, name: string) {
  if (name.startsWith('refs/')) return readRef(directory, name);
  return (await readRef(directory, `refs/heads/${name}`)) ?? readRef(directory, `refs/${name}`);
}

function defaultRef({ directory, defaultBranch }: Repository) {
  return readRef(directory, `refs/heads/${defaultBranch}`);
}

/** By id, or by one of git's two plain expressions: `NAME`, `NAME:PATH`. Null where git knows none. */
async function objectAt(repository: Repository, args: { oid?: string | null; expression?: string | null }) {
  const { directory } = repository;
  if (args.oid) {
    const [info] = await lookUp(directory, [args.oid]);
    return info ? objectSource(repository, info) : null;
  }
  const [, name, path] = /^([^:]+)(?::(.*))?$/s.exec(args.expression ?? '') ?? [];
  if (name === undefined || /[\n^~]|@\{/.test(name) || path?.includes('\n'))
    throw unknownHere(`objects by the expression "${args.expression ?? ''}"`);
  const commit = await resolveCommit(directory, name.replace(/^refs\/(heads|tags)\//, ''));
  if (commit === null) return null;
  const [info] = await lookUp(directory, [path === undefined ? commit : `${commit}:${path}`]);
  return info ? objectSource(repository, info) : null;
}

/**
 * Who may do more than read. GitHub's `query` finds logins that contain it, `login` one login; whoever cannot
 * push gets null and an error. Sources: peter-evans/slash-command-dispatch#301, refined-github/refined-github#9817.
 */
function collaborators(
  { repository }: RepositorySource,
  args: PageArguments & { query?: string | null; login?: string | null; affiliation?: string | null },
  view: View,
) {
  const { actor, world } = view;
  if (args.affiliation && args.affiliation !== 'ALL')
    throw unknownHere(`Repository.collaborators(affiliation: ${args.affiliation})`);
  if (actor.kind === 'user' && !atLeast(roleOf(actor.account, repository), 'write'))
    throw new FieldRefusal('FORBIDDEN', 'You do not have permission to view repository collaborators.');
  const wanted = args.query?.toLowerCase() ?? '';
  const accounts = [...world.accounts.values()].filter(
    (account) =>
      account.type === 'User' &&
      belongs(repository, account) &&
      account.login.toLowerCase().includes(wanted) &&
      (!args.login || account.login.toLowerCase() === args.login.toLowerCase()),
  );
  return connect(args, accounts.map(userSource), ({ account }) => ({
    permission: roleOf(account, repository).toUpperCase(),
  }));
}

function belongs({ owner, collaborators: given }: Repository, account: Account): boolean {
  const login = account.login.toLowerCase();
  return owner === account || owner.members.has(login) || given.has(login);
}

/** As REST's flags say of the same actor; null for who is nobody here. */
function viewerPermission({ actor }: View, repository: Repository): string | null {
  if (actor.kind === 'user') {
    const role = roleOf(actor.account, repository);
    return role === 'none' ? null : role.toUpperCase();
  }
  if (actor.kind !== 'installation' && actor.kind !== 'job') return null;
  return actor.permissions.contents === 'write' ? 'WRITE' : 'READ';
}
