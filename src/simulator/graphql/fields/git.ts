import { readBlob, type Signature } from '../../git/objects.ts';
import { listTree } from '../../git/trees.ts';
import { nodeId } from '../../ids.ts';
import { accountByEmail } from '../../render/git.ts';
import { isPull, type PullThread, type World } from '../../state.ts';
import { connect, type PageArguments } from '../connections.ts';
import {
  type CommitSource,
  commitSource,
  type FileSource,
  type ObjectSource,
  objectSource,
  pullSource,
  type RefSource,
  repositorySource,
  userSource,
} from '../sources.ts';
import type { Fields } from '../view.ts';
import { demandGit, demandPulls, filterPulls, type PullFilters } from './repository.ts';

const OBJECT_PREFIX = { Commit: 'C', Tree: 'T', Blob: 'B', Tag: 'TA' } as const;

export const refFields: Fields<RefSource> = {
  id: ({ repository, ref }) => nodeId('REF', `${repository.id}:${ref.name}`),
  name: ({ ref }) => ref.name.replace(/^refs\/(heads|tags)\//, ''),
  prefix: ({ ref }) => /^refs\/[^/]+\//.exec(ref.name)?.[0] ?? 'refs/',
  repository: ({ repository }) => repositorySource(repository),
  target: ({ repository, ref }) => objectSource(repository, ref),
  associatedPullRequests: ({ repository, ref }, args: PullFilters & PageArguments, view) => {
    demandPulls(view, repository);
    const branch = ref.name.replace(/^refs\/heads\//, '');
    const pulls = filterPulls(repository, args).filter(
      ({ pull }) => pull.head.ref === branch && pull.head.repository === repository,
    );
    return connect(
      args,
      pulls.map((thread) => pullSource(repository, thread)),
    );
  },
};

const objectFields: Fields<ObjectSource | CommitSource> = {
  id: ({ __typename, repository, sha }) => nodeId(OBJECT_PREFIX[__typename], `${repository.id}:${sha}`),
  oid: ({ sha }) => sha,
  abbreviatedOid: ({ sha }) => sha.slice(0, 7),
  repository: ({ repository }) => repositorySource(repository),
};

export const tagFields: Fields<ObjectSource> = objectFields;

export const treeFields: Fields<ObjectSource> = {
  ...objectFields,
  entries: async ({ repository, sha }, _, view) => {
    demandGit(view, repository);
    const entries = await listTree(repository.directory, sha);
    return entries.map((entry) => ({
      name: entry.path,
      path: entry.path,
      mode: Number.parseInt(entry.mode, 8),
      type: entry.type,
      oid: entry.sha,
      size: entry.size ?? 0,
      object:
        entry.type === 'commit'
          ? null
          : objectSource(repository, entry as { sha: string; type: 'blob' | 'tree' }),
    }));
  },
};

/** GitHub cuts longer text, in bytes, and says so in `isTruncated` alone. Source: sveltia/sveltia-cms#950. */
const TEXT_LIMIT = 512_000;

export const blobFields: Fields<ObjectSource> = {
  ...objectFields,
  byteSize: async ({ repository, sha }) => (await readBlob(repository.directory, sha)).length,
  isBinary: async ({ repository, sha }) => isBinary(await readBlob(repository.directory, sha)),
  isTruncated: async ({ repository, sha }) => (await readBlob(repository.directory, sha)).length > TEXT_LIMIT,
  text: async ({ repository, sha }, _, view) => {
    demandGit(view, repository);
    const content = await readBlob(repository.directory, sha);
    return isBinary(content) ? null : content.subarray(0, TEXT_LIMIT).toString();
  },
};

/** git's own rule: a NUL in the first 8000 bytes. */
function isBinary(content: Buffer): boolean {
  return content.subarray(0, 8000).includes(0);
}

export const commitFields: Fields<CommitSource> = {
  ...objectFields,
  url: ({ repository, sha }, _, { world }) => world.web(`/${repository.fullName}/commit/${sha}`),
  message: async ({ commit }) => (await commit()).message,
  messageHeadline: async ({ commit }) => (await commit()).message.split('\n')[0] ?? '',
  messageBody: async ({ commit }) => (await commit()).message.split('\n').slice(1).join('\n').trim(),
  authoredDate: async ({ commit }) => (await commit()).author.date,
  committedDate: async ({ commit }) => (await commit()).committer.date,
  author: async ({ commit }, _, { world }) => gitActor(world, (await commit()).author),
  committer: async ({ commit }, _, { world }) => gitActor(world, (await commit()).committer),
  tree: async ({ repository, commit }) =>
    objectSource(repository, { sha: (await commit()).tree, type: 'tree' }),
  parents: async ({ repository, commit }, args: PageArguments) =>
    connect(
      args,
      (await commit()).parents.map((parent) => commitSource(repository, parent)),
    ),
  signature: ({ sha }, _, { world }) => signatureOf(world, sha),
  associatedPullRequests: ({ repository, sha }, args: PageArguments, view) => {
    demandPulls(view, repository);
    const pulls = [...repository.threads.values()].filter(
      (thread): thread is PullThread =>
        isPull(thread) && (thread.pull.head.sha === sha || thread.pull.mergeCommitSha === sha),
    );
    return connect(
      args,
      pulls.map((thread) => pullSource(repository, thread)),
    );
  },
};

function gitActor(world: World, { name, email, date }: Signature) {
  const account = accountByEmail(world, email);
  return { name, email, date, user: account === null ? null : userSource(account) };
}

/** The simulator holds no key: it knows what GitHub would have signed, and has no signature to show. */
function signatureOf({ signedCommits }: World, sha: string) {
  if (!signedCommits.has(sha)) return null;
  return { __typename: 'GpgSignature', isValid: true, state: 'VALID', wasSignedByGitHub: true };
}

const CHANGE_TYPES = {
  added: 'ADDED',
  removed: 'DELETED',
  modified: 'MODIFIED',
  renamed: 'RENAMED',
  changed: 'CHANGED',
} as const;

export const changedFileFields: Fields<FileSource> = {
  path: ({ file }) => file.path,
  additions: ({ file }) => file.additions,
  deletions: ({ file }) => file.deletions,
  changeType: ({ file }) => CHANGE_TYPES[file.status],
};
