import { diffFiles } from '../../git/diff.ts';
import { commitsBetween } from '../../git/history.ts';
import { readRef } from '../../git/refs.ts';
import { nodeId } from '../../ids.ts';
import { latestVerdicts } from '../../protections.ts';
import { fixedIssues, forkPoint, mergeableState, pullSize, tryMerge } from '../../pulls.ts';
import { visibleReviews } from '../../reviewing.ts';
import type { ReviewState } from '../../state.ts';
import { connect, type PageArguments } from '../connections.ts';
import { unknownHere } from '../refusals.ts';
import {
  accountSource,
  commitSource,
  discussionSource,
  type FileSource,
  type PullSource,
  pullSource,
  refSource,
  repositorySource,
  reviewSource,
  threadSource,
} from '../sources.ts';
import type { Fields } from '../view.ts';
import { commitFields } from './git.ts';
import { demandGit, pullState } from './repository.ts';
import { threadFields } from './threads.ts';

export const pullFields: Fields<PullSource> = {
  ...threadFields,
  id: ({ thread }) => nodeId('PR', thread.pull.id),
  databaseId: ({ thread }) => thread.pull.id,
  fullDatabaseId: ({ thread }) => String(thread.pull.id),
  state: ({ thread }) => pullState(thread),
  isDraft: ({ thread }) => thread.pull.draft,
  merged: ({ thread }) => thread.pull.merged !== null,
  mergedAt: ({ thread }) => thread.pull.merged?.at ?? null,
  mergedBy: ({ thread }) => (thread.pull.merged === null ? null : accountSource(thread.pull.merged.by)),
  mergeCommit: ({ repository, thread: { pull } }) =>
    pull.merged === null || pull.mergeCommitSha === null
      ? null
      : commitSource(repository, pull.mergeCommitSha),
  mergeable: async ({ repository, thread }, _, { world }) => {
    if (thread.state === 'closed') return 'UNKNOWN';
    return (await tryMerge(world, repository, thread)) ? 'MERGEABLE' : 'CONFLICTING';
  },
  mergeStateStatus: async ({ repository, thread }, _, { world }) => {
    if (thread.state === 'closed') return 'UNKNOWN';
    const clean = await tryMerge(world, repository, thread);
    return (await mergeableState(repository, thread, clean)).toUpperCase();
  },
  maintainerCanModify: ({ thread }) => thread.pull.maintainerCanModify,
  isCrossRepository: ({ repository, thread }) => thread.pull.head.repository !== repository,
  headRefName: ({ thread }) => thread.pull.head.ref,
  headRefOid: ({ thread }) => thread.pull.head.sha,
  headRef: ({ thread: { pull } }) => branchSource(pull.head.repository, pull.head.ref),
  headRepository: ({ thread }) => repositorySource(thread.pull.head.repository),
  headRepositoryOwner: ({ thread }) => accountSource(thread.pull.head.repository.owner),
  baseRefName: ({ thread }) => thread.pull.base.ref,
  baseRefOid: ({ thread }) => thread.pull.base.sha,
  baseRef: ({ repository, thread }) => branchSource(repository, thread.pull.base.ref),
  baseRepository: ({ repository }) => repositorySource(repository),
  additions: async ({ repository, thread }) => (await pullSize(repository, thread)).additions,
  deletions: async ({ repository, thread }) => (await pullSize(repository, thread)).deletions,
  changedFiles: async ({ repository, thread }) => (await pullSize(repository, thread)).changedFiles,
  files: async ({ repository, thread }, args: PageArguments, view) => {
    demandGit(view, repository);
    const files = await diffFiles(
      repository.directory,
      await forkPoint(repository, thread),
      thread.pull.head.sha,
    );
    return connect(
      args,
      files.map((file): FileSource => ({ __typename: 'PullRequestChangedFile', file })),
    );
  },
  commits: async ({ repository, thread }, args: PageArguments) => {
    const { base, head } = thread.pull;
    const shas = await commitsBetween(repository.directory, base.sha, head.sha);
    return connect(
      args,
      shas.map((sha) => ({
        id: nodeId('PURC', `${thread.pull.id}:${sha}`),
        commit: commitSource(repository, sha),
        pullRequest: pullSource(repository, thread),
      })),
    );
  },
  statusCheckRollup: ({ repository, thread }, args: never, view, info) =>
    commitFields.statusCheckRollup?.(commitSource(repository, thread.pull.head.sha), args, view, info),
  reviewDecision: ({ repository, thread }) => {
    const wanted = repository.protections.get(thread.pull.base.ref)?.reviews?.count ?? 0;
    if (wanted === 0) return null;
    const verdicts = latestVerdicts(repository, thread);
    if (verdicts.includes('CHANGES_REQUESTED')) return 'CHANGES_REQUESTED';
    const approvals = verdicts.filter((state) => state === 'APPROVED').length;
    return approvals >= wanted ? 'APPROVED' : 'REVIEW_REQUIRED';
  },
  reviewRequests: ({ thread }, args: PageArguments) =>
    connect(
      args,
      thread.pull.requestedReviewers.map((account) => ({ requestedReviewer: accountSource(account) })),
    ),
  reviews: ({ repository, thread }, args: PageArguments & ReviewFilters, view) => {
    const shown = visibleReviews(view, thread)
      .filter(({ state }) => !args.states || args.states.includes(state))
      .filter(({ author }) => !args.author || author.login.toLowerCase() === args.author.toLowerCase());
    return connect(
      args,
      shown.map((review) => reviewSource(repository, thread, review)),
    );
  },
  reviewThreads: ({ repository, thread }, args: PageArguments) =>
    connect(
      args,
      thread.pull.reviewComments
        .filter(({ inReplyTo }) => inReplyTo === null)
        .map((comment) => discussionSource(repository, thread, comment)),
    ),
  closingIssuesReferences: ({ repository, thread }, args: PageArguments & { userLinkedOnly?: boolean }) => {
    if (args.userLinkedOnly) throw unknownHere('PullRequest.closingIssuesReferences(userLinkedOnly: true)');
    const isDefault = thread.pull.base.ref === repository.defaultBranch;
    const issues = isDefault ? fixedIssues(repository, thread.body ?? '') : [];
    return connect(
      args,
      issues.map((issue) => threadSource(repository, issue)),
    );
  },
  autoMergeRequest: ({ repository, thread }) => {
    const { autoMerge } = thread.pull;
    if (autoMerge === null) return null;
    return {
      enabledAt: autoMerge.at,
      enabledBy: accountSource(autoMerge.by),
      mergeMethod: autoMerge.method.toUpperCase(),
      commitHeadline: autoMerge.title,
      commitBody: autoMerge.text,
      pullRequest: pullSource(repository, thread),
    };
  },
};

interface ReviewFilters {
  readonly states?: readonly ReviewState[] | null;
  readonly author?: string | null;
}

async function branchSource(repository: PullSource['repository'], branch: string) {
  const ref = await readRef(repository.directory, `refs/heads/${branch}`);
  return ref === null ? null : refSource(repository, ref);
}
