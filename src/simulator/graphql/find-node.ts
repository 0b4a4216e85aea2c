import { canSee } from '../access.ts';
import { lookUp } from '../git/objects.ts';
import { readRef } from '../git/refs.ts';
import { nodeId } from '../ids.ts';
import { visibleReviews } from '../reviewing.ts';
import { checkRunsOf, isPull, type PullThread, type Repository } from '../state.ts';
import { reactionsOf } from './fields/threads.ts';
import { unresolved } from './refusals.ts';
import {
  accountSource,
  commentSource,
  discussionSource,
  labelSource,
  type NodeSource,
  objectSource,
  type PullSource,
  type ReactableSource,
  refSource,
  repositorySource,
  reviewCommentSource,
  reviewSource,
  runSource,
  suiteSource,
  threadSource,
} from './sources.ts';
import type { View } from './view.ts';

/**
 * What a node id leads to: the same ids that REST and webhooks carry.
 *
 * @throws FieldRefusal NOT_FOUND where there is nothing, or nothing that the viewer may see
 */
export async function nodeById(view: View, id: string): Promise<NodeSource> {
  const [, prefix = '', encoded = ''] = /^([A-Z]+)_kwDO([\w-]+)$/.exec(id) ?? [];
  const key = Buffer.from(encoded, 'base64url')
    .toString()
    .slice(prefix.length + 1);
  const found = nodeId(prefix, key) === id ? await find(view, prefix, key) : null;
  if (found === null) throw unresolved(`a node with the global id of '${id}'`);
  return found;
}

/** As `nodeById`, of one of the types that a field of an input may name. */
export async function nodeOfType<T extends NodeSource['__typename']>(
  view: View,
  id: string,
  ...types: readonly T[]
): Promise<Extract<NodeSource, { readonly __typename: T }>> {
  const node = await nodeById(view, id);
  if (!(types as readonly string[]).includes(node.__typename))
    throw unresolved(`${types[0]} node with the global id of '${id}'`);
  return node as Extract<NodeSource, { readonly __typename: T }>;
}

/** As `nodeById`, of a pull request. */
export async function pullNode(view: View, id: string): Promise<PullSource> {
  return (await nodeOfType(view, id, 'PullRequest')) as PullSource;
}

async function find(view: View, prefix: string, key: string): Promise<NodeSource | null> {
  const { world, actor } = view;
  if (prefix in ACCOUNTS) {
    const account = [...world.accounts.values()].find(({ id }) => String(id) === key);
    return account === undefined ? null : accountSource(account);
  }
  if (prefix === 'A') {
    const app = world.apps.get(Number(key));
    return app === undefined ? null : { __typename: 'App', app };
  }
  const finder = FINDERS[prefix];
  if (finder === undefined) return null;
  for (const repository of world.repositories.values()) {
    if (!canSee(actor, repository)) continue;
    const found = await finder(repository, key, view);
    if (found !== null && found !== undefined) return found;
  }
  return null;
}

const ACCOUNTS = { U: true, BOT: true, O: true };

type Finder = (
  repository: Repository,
  key: string,
  view: View,
) => NodeSource | null | undefined | Promise<NodeSource | null | undefined>;

/** By the prefix of an id; each is asked of one repository after the other. */
const FINDERS: Readonly<Record<string, Finder>> = {
  R: (repository, key) => (String(repository.id) === key ? repositorySource(repository) : null),
  I: (repository, key) => {
    const thread = [...repository.threads.values()].find(({ id }) => String(id) === key);
    return thread && threadSource(repository, thread);
  },
  PR: (repository, key) => {
    const thread = pullsOf(repository).find(({ pull }) => String(pull.id) === key);
    return thread && threadSource(repository, thread);
  },
  IC: (repository, key) => {
    for (const thread of repository.threads.values()) {
      const comment = thread.comments.find(({ id }) => String(id) === key);
      if (comment !== undefined) return commentSource(repository, thread, comment);
    }
    return null;
  },
  PRR: (repository, key, view) => {
    for (const thread of pullsOf(repository)) {
      const review = visibleReviews(view, thread).find(({ id }) => String(id) === key);
      if (review !== undefined) return reviewSource(repository, thread, review);
    }
    return null;
  },
  PRRC: (repository, key, view) => {
    const found = lineComment(view, repository, key);
    return found && reviewCommentSource(repository, found.thread, found.comment);
  },
  PRRT: (repository, key, view) => {
    const found = lineComment(view, repository, key);
    return found?.comment.inReplyTo === null
      ? discussionSource(repository, found.thread, found.comment)
      : null;
  },
  REA: (repository, key) => {
    for (const subject of reactables(repository)) {
      const reaction = reactionsOf(subject).find(({ id }) => String(id) === key);
      if (reaction !== undefined) return { __typename: 'Reaction', subject, reaction };
    }
    return null;
  },
  SC: (repository, key) => {
    const status = repository.statuses.find(({ id }) => String(id) === key);
    return status && { __typename: 'StatusContext', repository, status };
  },
  LA: (repository, key) => {
    const label = [...repository.labels.values()].find(({ id }) => String(id) === key);
    return label && labelSource(repository, label);
  },
  CR: (repository, key) => {
    const run = checkRunsOf(repository).find(({ id }) => String(id) === key);
    return run && runSource(repository, run);
  },
  CS: (repository, key) => {
    const suite = repository.checkSuites.find(({ id }) => String(id) === key);
    return suite && suiteSource(repository, suite);
  },
  REF: async (repository, key) => {
    const name = inside(repository, key);
    const ref = name === null ? null : await readRef(repository.directory, name);
    return ref && refSource(repository, ref);
  },
  C: objectFinder,
  T: objectFinder,
  B: objectFinder,
  TA: objectFinder,
};

async function objectFinder(repository: Repository, key: string) {
  const sha = inside(repository, key);
  if (sha === null) return null;
  const [info] = await lookUp(repository.directory, [sha]);
  return info && objectSource(repository, info);
}

/** What follows the repository's own id in a key that begins with it. */
function inside({ id }: Repository, key: string): string | null {
  return key.startsWith(`${id}:`) ? key.slice(String(id).length + 1) : null;
}

function reactables(repository: Repository): ReactableSource[] {
  return [...repository.threads.values()].flatMap((thread) => [
    threadSource(repository, thread),
    ...thread.comments.map((comment) => commentSource(repository, thread, comment)),
    ...(isPull(thread)
      ? thread.pull.reviewComments.map((comment) => reviewCommentSource(repository, thread, comment))
      : []),
  ]);
}

function pullsOf(repository: Repository): PullThread[] {
  return [...repository.threads.values()].filter(isPull);
}

function lineComment(view: View, repository: Repository, key: string) {
  for (const thread of pullsOf(repository)) {
    const drafts = visibleReviews(view, thread).flatMap((review) => review.drafts);
    const comment = [...thread.pull.reviewComments, ...drafts].find(({ id }) => String(id) === key);
    if (comment !== undefined) return { thread, comment };
  }
  return null;
}
