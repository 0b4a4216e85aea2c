import type { RepositoryRef } from '../commands/request.ts';
import type { Effect } from '../runs/run-events.ts';
import type { Client } from './client.ts';
import { translate } from './errors.ts';
import { askGraphql, GraphqlMissing, problemOf } from './graphql.ts';

const ASK = `query AutoMerge($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    autoMergeAllowed viewerDefaultMergeMethod
    pullRequest(number: $number) { id url autoMergeRequest { enabledAt } }
  }
}`;
const ENABLE = `mutation EnableAutoMerge($merge: EnablePullRequestAutoMergeInput!) {
  merge: enablePullRequestAutoMerge(input: $merge) { pullRequest { autoMergeRequest { enabledAt } } }
}`;
const DISABLE = `mutation DisableAutoMerge($pull: DisablePullRequestAutoMergeInput!) {
  pull: disablePullRequestAutoMerge(input: $pull) { pullRequest { id } }
}`;

interface Asked {
  readonly repository: {
    readonly autoMergeAllowed: boolean;
    readonly viewerDefaultMergeMethod: 'MERGE' | 'SQUASH' | 'REBASE';
    readonly pullRequest: {
      readonly id: string;
      readonly url: string;
      readonly autoMergeRequest: { readonly enabledAt: string } | null;
    };
  };
}

/**
 * Has GitHub merge a pull request by itself once nothing stands in its way any more. GitHub refuses where the repository
 * does not allow it, and where nothing stands in the way now: what could hold it are required checks and reviews.
 */
export async function enableAutoMerge(
  client: Client,
  { owner, name }: RepositoryRef,
  number: number,
): Promise<readonly Effect[]> {
  try {
    const { data } = await askGraphql<Asked>(client, ASK, { owner, name, number });
    const { repository } = data;
    if (!repository?.pullRequest) return refused('GitHub does not tell of this pull request.');
    const { id, url, autoMergeRequest } = repository.pullRequest;
    const made = (how: 'created' | 'adopted'): Effect[] => [
      { kind: 'written', written: { thing: 'auto_merge', how, name: `#${number}`, url } },
    ];
    if (autoMergeRequest) return made('adopted');
    if (!repository.autoMergeAllowed) return refused('This repository does not allow auto-merge.');
    const merge = { pullRequestId: id, mergeMethod: repository.viewerDefaultMergeMethod };
    const answer = await askGraphql<{ merge: object }>(client, ENABLE, { merge });
    return answer.data.merge
      ? made('created')
      : refused(problemOf(answer, 'merge')?.message ?? 'It gave no reason.');
  } catch (error) {
    if (error instanceof GraphqlMissing)
      return refused('This server has no GraphQL, which auto-merge needs.');
    throw translate(error, `having #${number} merge by itself`);
  }
}

/** Takes that back: something came that nobody has let through. */
export async function disableAutoMerge(client: Client, pullRequestId: string): Promise<void> {
  await askGraphql(client, DISABLE, { pull: { pullRequestId } });
}

const refused = (message: string): Effect[] => [
  { kind: 'effect_failed', thing: 'auto_merge', code: 'auto_merge_refused', message },
];
