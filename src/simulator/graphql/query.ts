import { canSee, demand } from '../access.ts';
import { accountOf } from '../actor.ts';
import { findRepository, movedRepository } from '../find.ts';
import { lookUp } from '../git/objects.ts';
import { demandThreadPermission } from '../threads.ts';
import { nodeById } from './find-node.ts';
import { unknownHere, unresolved } from './refusals.ts';
import { commitSource, type NodeSource, repositorySource, threadSource, userSource } from './sources.ts';
import type { Fields, View } from './view.ts';

export const queryFields: Fields<unknown> = {
  /** As by REST, but a former name needs no redirect: GitHub follows it unless it is told not to. */
  repository: (
    _,
    { owner, name, followRenames }: { owner: string; name: string; followRenames?: boolean | null },
    { world, actor },
  ) => {
    const fullName = `${owner}/${name}`;
    const repository =
      findRepository(world, fullName) ?? (followRenames === false ? null : movedRepository(world, fullName));
    if (repository === null || !canSee(actor, repository))
      throw unresolved(`a Repository with the name '${fullName}'`);
    return repositorySource(repository);
  },
  node: (_, { id }: { id: string }, view) => readableNode(view, id),
  /** Those that cannot be found are null, each with an error of its own. */
  nodes: (_, { ids }: { ids: readonly string[] }, view) => ids.map((id) => readableNode(view, id)),
  /** What people see at an address: a repository, an issue, a pull request or a commit. Null for any other. */
  resource: async (_, { url }: { url: string }, view) => {
    const found = await sourceAt(view, url);
    if (found !== null) demandReadable(view, found);
    return found;
  },
  viewer: (_, __, { actor }) => userSource(accountOf(actor)),
  rateLimit: (_, { dryRun }: { dryRun?: boolean | null }, { services, actor }) => {
    if (dryRun) throw unknownHere('Query.rateLimit(dryRun: true)');
    const { limit, remaining, used, reset } = services.limits.read(actor, 'graphql');
    // This document is counted when it is answered, and GitHub tells what is left after it.
    return {
      cost: COST,
      limit,
      used: used + COST,
      remaining: Math.max(0, remaining - COST),
      resetAt: `${new Date(reset * 1000).toISOString().slice(0, 19)}Z`,
    };
  },
};

/** GitHub charges by the size of the connections asked for, and one at least: what a small document costs. */
const COST = 1;

async function readableNode(view: View, id: string): Promise<NodeSource> {
  const node = await nodeById(view, id);
  demandReadable(view, node);
  return node;
}

const READ_BY: Readonly<Partial<Record<NodeSource['__typename'], string>>> = {
  PullRequestReview: 'pull_requests:read',
  PullRequestReviewThread: 'pull_requests:read',
  PullRequestReviewComment: 'pull_requests:read',
  Ref: 'contents:read',
  Commit: 'contents:read',
  Tree: 'contents:read',
  Blob: 'contents:read',
  Tag: 'contents:read',
  CheckRun: 'checks:read',
  CheckSuite: 'checks:read',
  StatusContext: 'statuses:read',
};

/** An App reads a node if it may read what REST has by that name. */
function demandReadable(view: View, node: NodeSource): void {
  const permission = READ_BY[node.__typename];
  if (node.__typename === 'Reaction') demandReadable(view, node.subject);
  else if (permission !== undefined && 'repository' in node)
    demand(view.actor, node.repository, { app: [permission], user: 'read' });
  else if ('thread' in node) demandThreadPermission(view, node.thread, 'read');
}

async function sourceAt({ world, actor }: View, url: string): Promise<NodeSource | null> {
  const root = world.web('/');
  if (!url.startsWith(root)) return null;
  const [owner, name, kind, key = ''] = url.slice(root.length).split(/[/?#]/);
  const repository = findRepository(world, `${owner}/${name}`);
  if (repository === null || !canSee(actor, repository)) return null;
  if (kind === undefined) return repositorySource(repository);
  if (kind === 'commit') {
    const [info] = /^[0-9a-f]{40}$/.test(key) ? await lookUp(repository.directory, [key]) : [null];
    return info?.type === 'commit' ? commitSource(repository, key) : null;
  }
  const thread = kind === 'issues' || kind === 'pull' ? repository.threads.get(Number(key)) : undefined;
  return thread === undefined ? null : threadSource(repository, thread);
}
