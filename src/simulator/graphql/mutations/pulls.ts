import { demand } from '../../access.ts';
import { accountOf } from '../../actor.ts';
import { branchTip } from '../../git/refs.ts';
import { revertCommit } from '../../reverts.ts';
import type { PullThread, Repository } from '../../state.ts';
import { nodeOfType, pullNode } from '../find-node.ts';
import { unknownHere, unprocessableField } from '../refusals.ts';
import { accountSource, pullSource } from '../sources.ts';
import type { Fields, View } from '../view.ts';
import { mutation } from './mutation.ts';

const PULLS = '/repos/{owner}/{repo}/pulls';

interface CreateInput {
  readonly repositoryId: string;
  readonly baseRefName: string;
  readonly headRefName: string;
  readonly headRepositoryId?: string | null;
  readonly title: string;
  readonly body?: string | null;
  readonly draft?: boolean | null;
  readonly maintainerCanModify?: boolean | null;
}

export const pullMutations: Fields<unknown> = {
  createPullRequest: mutation(async (input: CreateInput, view) => {
    const { repository } = await nodeOfType(view, input.repositoryId, 'Repository');
    const { title, baseRefName, draft, maintainerCanModify } = input;
    const head = await headIn(view, repository, input);
    await demandBranches(repository, baseRefName, head);
    const answer = await view.rest(`POST ${PULLS}`, repository, {
      body: {
        title,
        head: head.label,
        base: baseRefName.replace(/^refs\/heads\//, ''),
        ...(input.body ? { body: input.body } : {}),
        ...(typeof draft === 'boolean' ? { draft } : {}),
        ...(typeof maintainerCanModify === 'boolean' ? { maintainer_can_modify: maintainerCanModify } : {}),
      },
    });
    const { number } = answer.body as { number: number };
    return { pullRequest: pullSource(repository, repository.threads.get(number) as PullThread) };
  }),
  updatePullRequest: mutation(async (input: UpdateInput, view) => {
    const { title, body, baseRefName, state, maintainerCanModify } = input;
    if (input.assigneeIds || input.labelIds || input.milestoneId || input.projectIds)
      throw unknownHere('updatePullRequest(assigneeIds, labelIds, milestoneId, projectIds)');
    const change = {
      ...(typeof title === 'string' ? { title } : {}),
      ...(typeof body === 'string' ? { body } : {}),
      ...(typeof baseRefName === 'string' ? { base: baseRefName } : {}),
      ...(typeof maintainerCanModify === 'boolean' ? { maintainer_can_modify: maintainerCanModify } : {}),
      ...(state ? { state: state === 'OPEN' ? 'open' : 'closed' } : {}),
    };
    return update(view, input, change);
  }),
  closePullRequest: mutation((input: PullInput, view) => update(view, input, { state: 'closed' })),
  reopenPullRequest: mutation((input: PullInput, view) => update(view, input, { state: 'open' })),
  mergePullRequest: mutation(async (input: MergeInput, view) => {
    if (input.authorEmail) throw unknownHere('mergePullRequest(authorEmail)');
    const source = await pullNode(view, input.pullRequestId);
    const { commitHeadline, commitBody, expectedHeadOid, mergeMethod } = input;
    await view.rest(`PUT ${PULLS}/{pull_number}/merge`, source.repository, {
      params: { pull_number: source.thread.number },
      body: {
        ...(commitHeadline ? { commit_title: commitHeadline } : {}),
        ...(commitBody ? { commit_message: commitBody } : {}),
        ...(expectedHeadOid ? { sha: expectedHeadOid } : {}),
        merge_method: (mergeMethod ?? 'MERGE').toLowerCase(),
      },
    });
    return { pullRequest: source, actor: accountSource(accountOf(view.actor)) };
  }),
  /** Opens the pull request that takes back a merged one, from a branch of its own. */
  revertPullRequest: mutation(async (input: RevertInput, view) => {
    const source = await pullNode(view, input.pullRequestId);
    const { repository, thread } = source;
    demand(view.actor, repository, { app: ['contents:write'], user: 'write' });
    const branch = `revert-${thread.number}-${thread.pull.head.ref}`;
    const sha = await view.services.alone(repository, () => revertCommit(view, repository, thread));
    await view.rest('POST /repos/{owner}/{repo}/git/refs', repository, {
      body: { ref: `refs/heads/${branch}`, sha },
    });
    const answer = await view.rest(`POST ${PULLS}`, repository, {
      body: {
        title: input.title ?? `Revert "${thread.title}"`,
        body: input.body ?? `Reverts ${repository.fullName}#${thread.number}`,
        head: branch,
        base: thread.pull.base.ref,
        draft: input.draft ?? false,
      },
    });
    const { number } = answer.body as { number: number };
    const revert = repository.threads.get(number) as PullThread;
    return { pullRequest: source, revertPullRequest: pullSource(repository, revert) };
  }),
  /** Without `union` those who are not named are asked no longer. */
  requestReviews: mutation(async (input: ReviewersInput, view) => {
    if (input.teamIds?.length) throw unknownHere('requestReviews(teamIds)');
    const source = await pullNode(view, input.pullRequestId);
    const { repository, thread } = source;
    const users = await Promise.all(
      (input.userIds ?? []).map((id) => nodeOfType(view, id, 'User', 'Bot', 'Organization')),
    );
    const wanted = users.map(({ account }) => account.login);
    const path = `${PULLS}/{pull_number}/requested_reviewers`;
    const params = { pull_number: thread.number };
    const dropped = thread.pull.requestedReviewers
      .map(({ login }) => login)
      .filter((login) => !wanted.includes(login));
    if (input.union !== true && dropped.length > 0)
      await view.rest(`DELETE ${path}`, repository, { params, body: { reviewers: dropped } });
    await view.rest(`POST ${path}`, repository, { params, body: { reviewers: wanted } });
    return { pullRequest: source, actor: accountSource(accountOf(view.actor)) };
  }),
};

async function update(view: View, { pullRequestId }: PullInput, body: Record<string, unknown>) {
  const source = await pullNode(view, pullRequestId);
  const params = { pull_number: source.thread.number };
  await view.rest(`PATCH ${PULLS}/{pull_number}`, source.repository, { params, body });
  return { pullRequest: source, actor: accountSource(accountOf(view.actor)) };
}

interface PullInput {
  readonly pullRequestId: string;
}

interface UpdateInput extends PullInput {
  readonly title?: string | null;
  readonly body?: string | null;
  readonly baseRefName?: string | null;
  readonly state?: 'OPEN' | 'CLOSED' | null;
  readonly maintainerCanModify?: boolean | null;
  readonly assigneeIds?: readonly string[] | null;
  readonly labelIds?: readonly string[] | null;
  readonly milestoneId?: string | null;
  readonly projectIds?: readonly string[] | null;
}

interface MergeInput extends PullInput {
  readonly commitHeadline?: string | null;
  readonly commitBody?: string | null;
  readonly expectedHeadOid?: string | null;
  readonly mergeMethod?: 'MERGE' | 'SQUASH' | 'REBASE' | null;
  readonly authorEmail?: string | null;
}

interface RevertInput extends PullInput {
  readonly title?: string | null;
  readonly body?: string | null;
  readonly draft?: boolean | null;
}

interface ReviewersInput extends PullInput {
  readonly userIds?: readonly string[] | null;
  readonly union?: boolean | null;
  readonly teamIds?: readonly string[] | null;
}

interface Head {
  readonly repository: Repository;
  readonly ref: string;
  readonly label: string;
}

/** `branch`, or `owner:branch` for a fork, as REST takes it; GraphQL may name the fork by its id instead. */
async function headIn(view: View, repository: Repository, input: CreateInput): Promise<Head> {
  if (input.headRepositoryId) {
    const fork = (await nodeOfType(view, input.headRepositoryId, 'Repository')).repository;
    return { repository: fork, ref: input.headRefName, label: `${fork.owner.login}:${input.headRefName}` };
  }
  const [, owner, ref = ''] = /^(?:([^:]+):)?(.+)$/.exec(input.headRefName) ?? [];
  if (owner === undefined || owner.toLowerCase() === repository.owner.login.toLowerCase())
    return { repository, ref, label: ref };
  const fork = [...view.world.repositories.values()].find(
    (candidate) =>
      candidate.parent === repository && candidate.owner.login.toLowerCase() === owner.toLowerCase(),
  );
  return { repository: fork ?? repository, ref, label: input.headRefName };
}

/** GitHub's one sentence on branches that are not there. Source: cli/cli#2691 and many reports since. */
async function demandBranches(repository: Repository, base: string, head: Head): Promise<void> {
  const baseSha = await branchTip(repository.directory, base.replace(/^refs\/heads\//, ''));
  const headSha = await branchTip(head.repository.directory, head.ref);
  if (baseSha !== null && headSha !== null) return;
  throw unprocessableField(
    [
      ...(headSha === null ? ["Head sha can't be blank"] : []),
      "Base sha can't be blank",
      `No commits between ${base} and ${head.label}`,
      ...(headSha === null ? ['Head ref must be a branch'] : []),
      ...(baseSha === null ? ['Base ref must be a branch'] : []),
    ].join(', '),
  );
}
