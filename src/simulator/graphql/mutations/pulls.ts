import { branchTip } from '../../git/refs.ts';
import type { PullThread, Repository } from '../../state.ts';
import { nodeOfType } from '../find-node.ts';
import { unprocessableField } from '../refusals.ts';
import { pullSource } from '../sources.ts';
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
};

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
